import { z } from 'zod';
import type { Checked } from '../base/issue.ts';
import { NOWHERE, parseLocality, type Locality } from '../base/locality.ts';
import { nodeFacts, type PlainNode, refusedNode } from './node-facts.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import { readEnvoyNode } from './read-envoy-node.ts';

const text = z.string();
const localityObject = z.looseObject({
  region: text.optional(),
  zone: text.optional(),
  subZone: text.optional(),
  sub_zone: text.optional(),
});
const metadata = z.record(text, z.unknown());

const envoyNode = z.looseObject({ id: text, metadata: metadata.nullish(), locality: localityObject.nullish() });

/** The shape of NODE.json, and of a recorded case's proxy, whose metadata says what its own members do not. */
const writtenNode = z.looseObject({
  id: text.optional(),
  type: text,
  namespace: text.optional(),
  dnsDomain: text.optional(),
  ips: z.array(text).nullish(),
  labels: z.record(text, text).nullish(),
  metadata: metadata.nullish(),
  locality: z.union([text, localityObject]).nullish(),
  serviceAccount: text.optional(),
  clusterId: text.optional(),
  network: text.optional(),
});

/** Reads a node that somebody wrote: Envoy's own, as in a bootstrap, or the one that `render` takes. Unknown members mean nothing. */
export function readNode(value: unknown): Checked<ProxyFacts> {
  const isWritten = typeof value === 'object' && value !== null && 'type' in value;
  const parsed = (isWritten ? writtenNode : envoyNode).safeParse(value);
  if (!parsed.success) {
    return { ok: false, issues: parsed.error.issues.map(({ path, message }) => refusedNode(path.join('.'), message)) };
  }
  if (isWritten) return nodeFacts(plainWritten(writtenNode.parse(value)));
  const { id, metadata: said, locality } = envoyNode.parse(value);
  return readEnvoyNode({ id, metadata: said ?? {}, locality: locality ?? {} });
}

function plainWritten(node: z.infer<typeof writtenNode>): PlainNode {
  const { id = '', type, dnsDomain = '', namespace, serviceAccount, clusterId, network } = node;
  const labels = node.labels ?? undefined;
  const own = { namespace, labels, serviceAccount, clusterId, network };
  const locality = localityFrom(node.locality);
  return { id, type, ips: node.ips ?? [], domain: dnsDomain, locality, metadata: node.metadata ?? {}, ...own };
}

function localityFrom(said: string | z.infer<typeof localityObject> | null | undefined): Locality {
  if (typeof said === 'string') return parseLocality(said);
  if (said === undefined || said === null) return NOWHERE;
  return { region: said.region ?? '', zone: said.zone ?? '', subzone: said.subZone ?? said.sub_zone ?? '' };
}
