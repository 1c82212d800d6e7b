import { canonicalJson } from '../../lib/base/hashing.ts';
import { rulesOfNamespace, serverModes } from '../../lib/model/mutual-tls.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { readPeerPolicies } from '../../lib/world/peer-policies.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, textAt } from './json.ts';

const WORDS = { strict: 'STRICT', permissive: 'PERMISSIVE', disabled: 'DISABLE' } as const;

/** What the policies of a case come to for a workload that all of their selectors select; other questions of the area are not asked. */
export function judgePeerPolicies({ body }: Case): Verdict {
  if (textAt(body, 'fn') !== 'ComposePeerAuthentication') return { verdict: 'skipped', reason: 'nothing like it here' };
  // Recorded policies have the shape of documents, with names that admission would refuse.
  const documents = listAt(body, 'peerAuthentications') as unknown as readonly Resource<'PeerAuthentication'>[];
  const rootNamespace = textAt(body, 'rootNamespace');
  const namespace =
    documents.find(({ metadata }) => metadata.namespace !== rootNamespace)?.metadata.namespace ?? 'none';
  const labels = Object.assign({}, ...documents.map(({ spec }) => spec.selector?.matchLabels ?? {})) as object;
  const { value } = readPeerPolicies(documents, { rootNamespace });
  const { mode, ports } = serverModes(rulesOfNamespace(value, namespace), { ...labels });
  const perPort = Object.fromEntries(ports.map((each) => [String(each.port), WORDS[each.mode]]));
  const [here, there] = [canonicalJson({ mode: WORDS[mode], perPort }), canonicalJson(at(body, 'expected'))];
  return judge([here === there ? undefined : `${here} here, ${there} in Istio`]);
}
