import type { History } from './history.ts';

/** Whether every poller has, when nothing has failed for long enough, exactly what the newest revision is for it (FLT-2). */
export function checkConvergence(history: History): readonly string[] {
  const end = history.findLast(({ what }) => what === 'end');
  if (end?.what !== 'end') return ['the simulation did not come to its end'];
  return end.pollers.flatMap(({ poller, held, wanted }) => {
    const names = [...new Set([...held.keys(), ...wanted.keys()])].sort();
    const differing = names.filter((name) => held.get(name) !== wanted.get(name));
    return differing.map((name) => `${poller} has ${name} ${said(held.get(name))} for ${said(wanted.get(name))}`);
  });
}

const said = (text: string | undefined): string => (text === undefined ? 'not' : `as ${text}`);
