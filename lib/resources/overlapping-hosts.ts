import { isWildcard, type HostName } from '../base/host-name.ts';

/**
 * Pairs of places in a list whose hosts some name is matched by both (HN-1), the earlier place first. Each host looks up its
 * own endings among the wildcards before it, and a wildcard is looked up by the endings of those before it: the list may be long.
 */
export function overlappingPairs(hosts: readonly HostName[]): readonly (readonly [number, number])[] {
  const byHost = new Map<string, number>();
  const byEnding = new Map<string, number>();
  const pairs: (readonly [number, number])[] = [];
  for (const [index, host] of hosts.entries()) {
    const earlier = isWildcard(host) ? byEnding.get(host.slice(1)) : byHost.get(host);
    const found = earlier ?? wildcardOver(host, byHost);
    if (found !== undefined) pairs.push([found, index]);
    if (!byHost.has(host)) byHost.set(host, index);
    for (const ending of endings(host)) if (!byEnding.has(ending)) byEnding.set(ending, index);
  }
  return pairs;
}

function wildcardOver(host: HostName, byHost: ReadonlyMap<string, number>): number | undefined {
  for (const ending of endings(host)) {
    const found = byHost.get(`*${ending}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every ending of a name, the whole and the empty one among them; of a wildcard, of what follows its star. */
function endings(host: HostName): readonly string[] {
  const name = isWildcard(host) ? host.slice(1) : host;
  return Array.from({ length: name.length + 1 }, (_, start) => name.slice(start));
}
