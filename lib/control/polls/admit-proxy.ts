import type { EpochMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { Checked } from '../../base/issue.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { NotNow } from '../../delivery/answer.ts';
import { pollLimit } from '../../delivery/poll-limit.ts';
import type { PolledNode } from '../../delivery/polled-node.ts';
import type { Refusal } from '../../delivery/read-poll.ts';
import type { IdentityBinding } from '../../model/identity-binding.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import { callerName } from '../identity/caller.ts';
import type { Poller } from './identify-poll.ts';
import { disagreement } from './proven-node.ts';

export interface AdmissionPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
  /** Facts of a node, or what is wrong with it. */
  readonly readNode: (node: PolledNode) => Checked<ProxyFacts>;
  /** Who runs as which workload, as this process knows it at this moment. */
  readonly bindings: () => Promise<readonly IdentityBinding[]>;
  /** Whether nodes are taken at their word where nobody has to prove anything: unproven ones get no secrets otherwise (SDS-3, IDN-2). */
  readonly believesNodes: boolean;
}

/** Who polls, or why this poll is not answered. */
export type Admission = AdmittedProxy | { readonly ok: false; readonly refusal: Refusal | NotNow };

export interface AdmittedProxy {
  readonly ok: true;
  readonly facts: ProxyFacts;
  readonly mayHaveSecrets: boolean;
}

/** Who sent a poll, and what it says of itself. */
export interface ArrivedNode {
  readonly poller: Poller;
  readonly node: PolledNode;
  readonly nodeHash: ContentHash;
}

/**
 * Says whether the proxy of a node may be answered: its node must make sense (PX-16), it must be who it says (IDN-1), and it must not poll
 * too often (DLV-7).
 */
export type AdmitProxy = (arrived: ArrivedNode) => Promise<Admission>;

const REMEMBERED_NODES = 10_000;

/** What somebody is told who polls as another proxy: which claim differs is for the log alone (IDN-1). */
const NOT_YOURS: Refusal = { status: 403, code: 'FORBIDDEN', message: 'this poll is not answered' };

/** One door for polls of every form, so that a proxy has one limit and a node is read once. */
export function proxyAdmission({ clock, log, readNode, bindings, believesNodes }: AdmissionPorts): AdmitProxy {
  const nodes = leastRecentlyUsed<ContentHash, Checked<ProxyFacts>>({ max: REMEMBERED_NODES });
  const isWithinLimit = pollLimit();
  const isNews = denialLimit();

  const readFacts = (node: PolledNode, nodeHash: ContentHash): Checked<ProxyFacts> => {
    const known = nodes.get(nodeHash);
    if (known) return known;
    const facts = readNode(node);
    nodes.set(nodeHash, facts);
    return facts;
  };
  const isWhoItSays = async ({ poller, node }: ArrivedNode, facts: ProxyFacts): Promise<boolean> => {
    const { caller, sender } = poller;
    if (caller === 'unproven') return true;
    const differs = disagreement(caller, await bindings(), { node, facts });
    if (!differs) return true;
    const who = callerName(caller);
    if (isNews(`${who} ${node.id} ${differs.claim}`, clock.now())) {
      log.warn('poll-denied', { who, from: sender.address, node: node.id, ...differs });
    }
    return false;
  };
  return async (arrived) => {
    const facts = readFacts(arrived.node, arrived.nodeHash);
    if (!facts.ok) {
      const message = facts.issues.map((issue) => issue.message).join('; ');
      return { ok: false, refusal: { status: 400, code: 'MALFORMED_NODE', message } };
    }
    if (!(await isWhoItSays(arrived, facts.value))) return { ok: false, refusal: NOT_YOURS };
    if (!isWithinLimit(facts.value.id, clock.now())) {
      const message = 'this proxy polls more often than any proxy needs to';
      return { ok: false, refusal: { status: 429, code: 'TOO_MANY_POLLS', message, retryAfterSeconds: 1 } };
    }
    return { ok: true, facts: facts.value, mayHaveSecrets: believesNodes || arrived.poller.caller !== 'unproven' };
  };
}

const REMEMBERED_DENIALS = 1_000;
const DENIAL_PAUSE_MS = 60_000;

/** A proxy that is denied polls on: the log says it once a minute. */
function denialLimit(): (key: string, now: EpochMs) => boolean {
  const said = leastRecentlyUsed<string, EpochMs>({ max: REMEMBERED_DENIALS });
  return (key, now) => {
    const before = said.get(key);
    if (before !== undefined && now - before < DENIAL_PAUSE_MS) return false;
    said.set(key, now);
    return true;
  };
}
