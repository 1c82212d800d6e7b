import { type DurationMs, durationMs } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import type { DiscoveryType } from '../../delivery/discovery-types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { Metrics, PollAnswer } from '../metrics.ts';
import type { NotedChange } from './held-proxy.ts';
import type { Rejection } from './proxy-state.ts';
import type { ProxyStates } from './proxy-states.ts';
import type { Head } from '../build/served-heads.ts';
import type { View } from '../build/worlds.ts';

export interface NotePorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'noteRejected' | 'noteConvergence'>;
  readonly states: Pick<ProxyStates, 'note'>;
}

/** One answered poll of one type, whatever its form. */
export interface AnsweredPoll {
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
  readonly view: View;
  readonly head: Head;
  readonly type: DiscoveryType;
  /** The poll loop that it belongs to. */
  readonly channel: string;
  /** The version that the proxy showed, and the one that it has or should have now. */
  readonly carried: string;
  readonly answered: string;
  /** What the poll said of an answer that the proxy did not take. */
  readonly rejection?: Rejection | undefined;
  readonly answer: PollAnswer;
  readonly duration: DurationMs;
}

/** Takes down what a proxy showed and was told, and says so where it is news. */
export async function noteAnswer(ports: NotePorts, answered: AnsweredPoll): Promise<void> {
  const { facts, nodeHash, view, channel, carried, rejection } = answered;
  const at = ports.clock.now();
  const noted = { facts, nodeHash, viewKey: view.key, channel, at, carried, answered: answered.answered, rejection };
  tellNews(ports, answered, await ports.states.note(noted));
}

/** Says what an answered poll is news of: a first poll, a rejection, a version taken. */
export function tellNews(ports: NotePorts, answered: AnsweredPoll, { isFirstPoll, before, after }: NotedChange): void {
  const { facts, view, head, channel } = answered;
  const { id, type, namespace } = facts;
  if (isFirstPoll) {
    const sent = { revision: head.revision, channel, answer: answered.answer, ms: answered.duration };
    ports.log.info('first-poll', { proxy: id, type, namespace, view: view.key, ...sent });
  }
  if (after?.rejected !== undefined && after.rejected !== before?.rejected) {
    ports.metrics.noteRejected(answered.type.path);
    const { rejected: versionInfo, reason, suspects = [] } = after;
    ports.log.warn('rejected', { proxy: id, channel, versionInfo, ...(reason && { reason }), suspects });
  }
  const hasTaken = before !== undefined && before.acked !== '' && before.acked !== answered.carried;
  const isNewest = answered.answered === answered.carried;
  if (hasTaken && isNewest) ports.metrics.noteConvergence(durationMs(ports.clock.now() - head.publishedAt));
}
