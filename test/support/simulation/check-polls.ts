import type { History } from './history.ts';

/** 409: a client of deltas names a state that nobody knows, and has to say what it has. */
const EXPECTED = [304, 409, 502, 503, 504];

/** Whether every answer to a poll is one that an Envoy may take as it is (DLV-10): no error as 200, no empty set. */
export function checkPolls(history: History): readonly string[] {
  const end = history.findLast(({ what }) => what === 'end');
  const pollers = end?.what === 'end' ? end.pollers : [];
  /** Which sets of a poller are never empty: what it has of its own does not depend on what people configure. */
  const filled = new Set(
    pollers.flatMap(({ poller, wanted }) => [...wanted.keys()].map((name) => `${poller} ${name.split('/')[0]}`)),
  );
  return history.flatMap((event) => {
    if (event.what !== 'polled') return [];
    const { poller, channel, machine, status, hasMarker, saysWhenToRetry, resources } = event;
    const answer = `${machine} answered ${poller}'s poll for ${channel} with ${status}`;
    if (status === 503 && !saysWhenToRetry) return [`${answer} and not when to ask again`];
    if (status !== 200) return EXPECTED.includes(status) ? [] : [answer];
    if (!hasMarker || resources === undefined) return [`${answer} and no snapshot: it has lost everything`];
    const isWhole = channel === 'clusters' || channel === 'listeners';
    return resources === 0 && isWhole && filled.has(`${poller} ${channel}`) ? [`${answer} and an empty set`] : [];
  });
}
