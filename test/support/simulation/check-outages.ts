import type { History } from './history.ts';

/**
 * Whether a process goes on answering from what it has while the store is away (DLV-8): a poll that shows what the process gave
 * its proxy, or saw it have, must not be put off as long as its view serves what it served then. Of a newer snapshot that the
 * process has heard of it may lack the content.
 */
export function checkOutages(history: History): readonly string[] {
  const end = history.findLast(({ what }) => what === 'end');
  const views = new Map(end?.what === 'end' ? end.pollers.map(({ poller, viewKey }) => [poller, viewKey]) : []);
  const replaced = new Map<string, number>();
  const seen = new Map<string, number>();
  let awaySince: number | undefined;
  return history.flatMap((event) => {
    if (event.what === 'outage') awaySince = event.isOn ? event.at : undefined;
    if (event.what === 'calm') awaySince = undefined;
    if (event.what === 'record' && event.key.partition === 'heads') replaced.set(event.key.id, event.at);
    if (event.what !== 'polled') return [];
    const { poller, channel, machine, status, asked } = event;
    const has = (version: string): string => `${machine} ${poller} ${channel} ${version}`;
    const seenAt = seen.get(has(asked.carried)) ?? -1;
    const isKnown = seenAt > (replaced.get(views.get(poller) ?? '') ?? Infinity);
    if (status === 200 || status === 304) seen.set(has(asked.becomes), asked.at);
    const isWithin = awaySince !== undefined && asked.at >= awaySince;
    return isWithin && isKnown && status === 503
      ? [`${machine} put ${poller}'s poll for ${channel} off while the store was away, and had answered it before`]
      : [];
  });
}
