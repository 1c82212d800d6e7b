// @ts-check

/**
 * How far one revision has come with one view whose snapshot it changed.
 * @typedef {object} ViewReach
 * @property {import('./service.js').View} view
 * @property {number} have How many of its proxies run it.
 * @property {number} of
 * @property {readonly import('./service.js').Proxy[]} without Those that do not, by id.
 */

/**
 * Which views a revision gave a new snapshot, and which of their proxies have it. A later revision that changes a view again takes
 * over from this one.
 * @param {number} revision
 * @param {{ views: readonly import('./service.js').View[], proxies: readonly import('./service.js').Proxy[] }} known
 * @returns {readonly ViewReach[]}
 */
export function reachOf(revision, { views, proxies }) {
  const members = Map.groupBy(proxies, ({ view }) => view);
  return views
    .filter(({ snapshotRevision }) => snapshotRevision === revision)
    .map((view) => {
      const its = members.get(view.key) ?? [];
      const without = its.filter(({ status }) => status !== 'SYNCED');
      return { view, have: its.length - without.length, of: its.length, without };
    });
}
