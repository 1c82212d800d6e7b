// @ts-check

/** Every state of a proxy, those that need somebody first. */
const STATES = ['REJECTED', 'STALE', 'DISCONNECTED', 'NOT_SENT', 'SYNCED'];

/**
 * What is asked of the list of proxies. An empty state is any.
 * @typedef {{ readonly text: string, readonly state: string }} ProxyFilter
 */

/**
 * The proxies that fit, in the order in which they came. Every word of the text must be found somewhere in the proxy.
 * @param {readonly import('./service.js').Proxy[]} proxies
 * @param {ProxyFilter} filter
 */
export function filterProxies(proxies, { text, state }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return proxies.filter((proxy) => {
    if (state !== '' && proxy.status !== state) return false;
    const { id, namespace, type, view, status } = proxy;
    const searched = `${id} ${namespace} ${type} ${view} ${status}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

/**
 * How many proxies are in each state, of those states that there are.
 * @param {readonly import('./service.js').Proxy[]} proxies
 * @returns {readonly { readonly state: string, readonly count: number }[]}
 */
export function stateCounts(proxies) {
  const byState = Map.groupBy(proxies, ({ status }) => status);
  const unknown = [...byState.keys()].filter((state) => !STATES.includes(state)).sort();
  return [...STATES, ...unknown].flatMap((state) => {
    const count = byState.get(state)?.length ?? 0;
    return count === 0 ? [] : [{ state, count }];
  });
}

/**
 * The part of a list that one page shows; a page past the end is the last.
 * @template T
 * @param {readonly T[]} items
 * @param {{ readonly page: number, readonly size: number }} wanted
 */
export function pageOf(items, { page, size }) {
  const last = Math.max(0, Math.ceil(items.length / size) - 1);
  const shown = Math.min(Math.max(0, page), last);
  return { page: shown, last, items: items.slice(shown * size, (shown + 1) * size), first: shown * size };
}
