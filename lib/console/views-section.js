// @ts-check
import { cardsTable, cell } from './cards-table.js';
import { sketch } from './elements.js';
import { badge, counted, shortKey } from './names.js';
import { timeAgo } from './times.js';

/** Views that are shown; beyond, the API has them all. */
const MAX_ROWS = 200;

/**
 * What is served to whom.
 * @param {import('./page-state.js').PageState} state
 */
export function viewsSection({ views: { views, buildFailed, revision }, now }) {
  const title = sketch('h2', {}, 'Views ', sketch('small', {}, views.length.toLocaleString('en')));
  if (views.length === 0) {
    const empty = 'A view is what equal proxies are given. The first one appears when a proxy polls.';
    return sketch('section', { id: 'views', key: 'views' }, title, sketch('p', { class: 'empty' }, empty));
  }
  const hidden = views.length - MAX_ROWS;
  return sketch(
    'section',
    { id: 'views', key: 'views' },
    title,
    buildFailed
      ? sketch(
          'p',
          { class: 'notice', 'data-state': 'REJECTED', key: 'failed' },
          `Some views could not be built at revision ${revision}. They serve what they served before.`,
        )
      : undefined,
    cardsTable(
      'views',
      ['View', 'Proxies', 'Build', 'Snapshot', 'Resources'],
      views.slice(0, MAX_ROWS).map((view) => row(view, now)),
    ),
    hidden > 0
      ? sketch(
          'p',
          { key: 'more' },
          `and ${counted(hidden, 'view')} more: `,
          sketch('a', { href: 'v1/views' }, 'v1/views'),
        )
      : undefined,
  );
}

/**
 * @param {import('./service.js').View} view
 * @param {number} now
 */
function row({ key, type, namespace, labels = {}, proxies, ...view }, now) {
  const shared = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const isServed = view.publishedAt !== undefined;
  return sketch(
    'tr',
    { key },
    sketch(
      'th',
      { scope: 'row', title: key },
      `${type} in ${namespace}`,
      sketch(
        'div',
        { class: 'quiet' },
        sketch('code', {}, shortKey(key)),
        shared.length > 0 ? ` ${shared.join(' ')}` : '',
      ),
    ),
    cell('Proxies', proxies.toLocaleString('en')),
    cell('Build', ...buildOf(view.failure, isServed)),
    cell(
      'Snapshot',
      isServed ? `revision ${view.snapshotRevision}, ` : 'none yet',
      isServed ? timeAgo(view.publishedAt ?? '', now) : '',
    ),
    cell('Resources', sketch('span', { class: 'types' }, ...resourceCounts(view.resources))),
  );
}

/**
 * @param {string | undefined} failure
 * @param {boolean} isServed
 */
function buildOf(failure, isServed) {
  if (failure !== undefined) return [badge('REJECTED', 'FAILED'), sketch('div', { class: 'suspects' }, failure)];
  return [isServed ? badge('SYNCED', 'BUILT') : badge('NOT_SENT', 'NOT BUILT')];
}

/** @param {Readonly<Record<string, number>>} [resources] */
const resourceCounts = (resources = {}) =>
  Object.entries(resources)
    .filter(([, count]) => count > 0)
    .map(([type, count]) => sketch('span', { key: type, class: 'type' }, `${type} ${count.toLocaleString('en')}`));
