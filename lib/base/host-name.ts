/** A host name as people write it in routes and services: a DNS name, or `*` alone, or a wildcard `*suffix`. Always lower case. */
export type HostName = string;

export const isWildcard = (host: HostName): boolean => host.startsWith('*');

/** HN-1: whether some concrete name is matched by both. A wildcard is a literal suffix test on what follows the `*`. */
export function hostsOverlap(a: HostName, b: HostName): boolean {
  const [wildA, wildB] = [isWildcard(a), isWildcard(b)];
  if (wildA && wildB) {
    const [suffixA, suffixB] = [a.slice(1), b.slice(1)];
    return suffixA.endsWith(suffixB) || suffixB.endsWith(suffixA);
  }
  if (wildA) return b.endsWith(a.slice(1));
  if (wildB) return a.endsWith(b.slice(1));
  return a === b;
}

/** HN-2: whether every name matched by `a` is matched by `b`. */
export function isSubsetOf(a: HostName, b: HostName): boolean {
  if (!isWildcard(b)) return a === b;
  const suffix = b.slice(1);
  return isWildcard(a) ? a.slice(1).endsWith(suffix) : a.endsWith(suffix);
}

/** HN-3: sort order, most specific first: exact before wildcard, longer before shorter, then alphabetical. */
export function bySpecificity(a: HostName, b: HostName): number {
  const wild = Number(isWildcard(a)) - Number(isWildcard(b));
  if (wild !== 0) return wild;
  if (a.length !== b.length) return b.length - a.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** HN-4: for each overlapping pair the more specific of the two, without repeats, in the order of the first list. */
export function intersectHosts(left: readonly HostName[], right: readonly HostName[]): HostName[] {
  const narrow = new Set<HostName>();
  for (const a of left) {
    for (const b of right) {
      if (isSubsetOf(a, b)) narrow.add(a);
      else if (isSubsetOf(b, a)) narrow.add(b);
    }
  }
  return [...narrow];
}

/** HN-5: from `ns/host` entries those that speak for one namespace, without their prefix. `*` and no prefix speak for all. */
export function hostsForNamespace(entries: readonly string[], namespace: string): HostName[] {
  return entries.flatMap((entry) => {
    const slash = entry.indexOf('/');
    if (slash < 0) return [entry];
    const speaksFor = entry.slice(0, slash);
    return speaksFor === namespace || speaksFor === '*' ? [entry.slice(slash + 1)] : [];
  });
}

/** HN-6: exact key, else the longest wildcard that covers the needle; a wildcard needle looks among wildcard keys only. */
export function mostSpecificMatch<T>(needle: HostName, table: ReadonlyMap<HostName, T>): T | undefined {
  const exact = table.get(needle);
  if (exact !== undefined) return exact;
  let best: HostName | undefined;
  for (const key of table.keys()) {
    if (!isWildcard(key) || !isSubsetOf(needle, key)) continue;
    if (best === undefined || bySpecificity(key, best) < 0) best = key;
  }
  return best === undefined ? undefined : table.get(best);
}

/** The full name of a Kubernetes Service, in the letters in which it is given. */
export const serviceHost = (name: string, namespace: string, domainSuffix: string): HostName =>
  `${name}.${namespace}.svc.${domainSuffix}`;

/** HN-7: a short name means a service of the writer's own namespace; anything with a dot, `*` or an IP address is already full. */
export function resolveShortName(host: string, namespace: string, domainSuffix: string): HostName {
  const name = host.toLowerCase();
  if (name === '' || name.includes('.') || name.includes(':') || name.startsWith('*')) return name;
  if (namespace === '') return name;
  return domainSuffix === '' ? `${name}.${namespace}` : serviceHost(name, namespace, domainSuffix);
}
