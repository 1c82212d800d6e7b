// @ts-check

/**
 * Everything that the page shows; each part of the page is drawn from it alone.
 * @typedef {object} PageState
 * @property {number} now Of the service, in milliseconds.
 * @property {import('./service.js').Service | undefined} service
 * @property {readonly import('./service.js').Revision[]} revisions Those loaded, newest first, without a gap.
 * @property {number | undefined} olderBefore Revisions before this one are not loaded yet; undefined when there are none.
 * @property {boolean} isLoadingOlder
 * @property {import('./service.js').Difference | undefined} newestDifference What the newest revision changed.
 * @property {import('./service.js').ObjectList} objects
 * @property {import('./service.js').ViewList} views
 * @property {import('./service.js').ProxyList} proxies
 * @property {import('./proxy-filter.js').ProxyFilter} filter
 * @property {number} page Of the proxies, counted from 0.
 * @property {string | undefined} problem Why what is shown may be old.
 * @property {boolean} isTokenWanted Whether the service asks who reads.
 * @property {number | undefined} readAt When the service last answered, in its own time.
 */

/**
 * What the reader can do.
 * @typedef {object} Actions
 * @property {(filter: import('./proxy-filter.js').ProxyFilter) => void} filter
 * @property {(page: number) => void} turnTo
 * @property {() => void} loadOlder
 * @property {(token: string) => void} useToken
 */

/**
 * The dialog with the difference of one revision.
 * @typedef {object} OpenDifference
 * @property {number} revision
 * @property {import('./service.js').Difference} [difference]
 * @property {string} [problem]
 */

/** @returns {PageState} */
export const emptyState = () => ({
  now: Date.now(),
  service: undefined,
  revisions: [],
  olderBefore: undefined,
  isLoadingOlder: false,
  newestDifference: undefined,
  objects: { objects: [], total: 0, troubled: 0 },
  views: { revision: 0, views: [] },
  proxies: { revision: 0, proxies: [] },
  filter: { text: '', state: '' },
  page: 0,
  problem: undefined,
  isTokenWanted: false,
  readAt: undefined,
});

/**
 * The loaded revisions with the newest page laid over them. Where the two do not meet, because much happened while nobody looked,
 * only the newest page stays, so that the list never has a gap.
 * @param {Pick<PageState, 'revisions' | 'olderBefore'>} loaded
 * @param {import('./service.js').RevisionPage} newestPage
 * @returns {Pick<PageState, 'revisions' | 'olderBefore'>}
 */
export function withNewest({ revisions, olderBefore }, { revisions: newest, before }) {
  const oldest = newest.at(-1)?.revision ?? 0;
  const meets = revisions.some(({ revision }) => revision >= oldest - 1);
  if (!meets) return { revisions: newest, olderBefore: before };
  const older = revisions.filter(({ revision }) => revision < oldest);
  return older.length === 0
    ? { revisions: newest, olderBefore: before }
    : { revisions: [...newest, ...older], olderBefore };
}
