import type { History } from './history.ts';

/** So long after the faults a message may still be at its last attempt. */
const LAST_ATTEMPT_MS = 90_000;

/** Whether, once nothing fails any more, no message is given up but for a view that can never be built (BLD-5). */
export function checkDeadLetters(history: History): readonly string[] {
  const calm = history.find(({ what }) => what === 'calm')?.at ?? Infinity;
  const end = history.findLast(({ what }) => what === 'end');
  const sound = end?.what === 'end' ? end.pollers.map(({ viewKey }) => viewKey) : [];
  return history.flatMap((event) => {
    if (event.what !== 'dead-letter' || event.at < calm + LAST_ATTEMPT_MS) return [];
    const lost = event.viewKeys.filter((key) => sound.includes(key));
    return lost.map((key) => `the view ${key.slice(0, 12)} was given up though nothing failed`);
  });
}
