import type { ContentHash } from '../../base/hashing.ts';
import type { Checked } from '../../base/issue.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { NotNow } from '../../delivery/answer.ts';
import { pollLimit } from '../../delivery/poll-limit.ts';
import type { PolledNode } from '../../delivery/polled-node.ts';
import type { Refusal } from '../../delivery/read-poll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';

export interface AdmissionPorts {
  readonly clock: Pick<Clock, 'now'>;
  /** Facts of a node, or what is wrong with it. */
  readonly readNode: (node: PolledNode) => Checked<ProxyFacts>;
}

/** Who polls, or why this poll is not answered. */
export type Admission =
  { readonly ok: true; readonly facts: ProxyFacts } | { readonly ok: false; readonly refusal: Refusal | NotNow };

/** Says whether the proxy of a node may be answered: its node must make sense (PX-16), and it must not poll too often (DLV-7). */
export type AdmitProxy = (node: PolledNode, nodeHash: ContentHash) => Admission;

const REMEMBERED_NODES = 10_000;

/** One door for polls of every form, so that a proxy has one limit and a node is read once. */
export function proxyAdmission({ clock, readNode }: AdmissionPorts): AdmitProxy {
  const nodes = leastRecentlyUsed<ContentHash, Checked<ProxyFacts>>({ max: REMEMBERED_NODES });
  const isWithinLimit = pollLimit();

  const readFacts = (node: PolledNode, nodeHash: ContentHash): Checked<ProxyFacts> => {
    const known = nodes.get(nodeHash);
    if (known) return known;
    const facts = readNode(node);
    nodes.set(nodeHash, facts);
    return facts;
  };
  return (node, nodeHash) => {
    const facts = readFacts(node, nodeHash);
    if (!facts.ok) {
      const message = facts.issues.map((issue) => issue.message).join('; ');
      return { ok: false, refusal: { status: 400, code: 'MALFORMED_NODE', message } };
    }
    if (!isWithinLimit(facts.value.id, clock.now())) {
      const message = 'this proxy polls more often than any proxy needs to';
      return { ok: false, refusal: { status: 429, code: 'TOO_MANY_POLLS', message, retryAfterSeconds: 1 } };
    }
    return { ok: true, facts: facts.value };
  };
}
