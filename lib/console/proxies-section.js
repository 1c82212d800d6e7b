// @ts-check
import { cardsTable, cell } from './cards-table.js';
import { sketch } from './elements.js';
import { badge, proxyName, shortKey, suspectName } from './names.js';
import { filterProxies, pageOf, stateCounts } from './proxy-filter.js';
import { timeAgo } from './times.js';

const PAGE_ROWS = 100;

/**
 * Every proxy that polled within the last day, a page at a time.
 * @param {import('./page-state.js').PageState} state
 * @param {import('./page-state.js').Actions} actions
 */
export function proxiesSection(state, actions) {
  const { proxies } = state.proxies;
  const title = sketch('h2', {}, 'Proxies ', sketch('small', {}, String(proxies.length.toLocaleString('en'))));
  if (proxies.length === 0) return sketch('section', { id: 'proxies', key: 'proxies' }, title, noProxies());
  const found = filterProxies(proxies, state.filter);
  const shown = pageOf(found, { page: state.page, size: PAGE_ROWS });
  return sketch(
    'section',
    { id: 'proxies', key: 'proxies' },
    title,
    filterBar(state, actions),
    found.length === 0
      ? sketch('p', { class: 'empty', key: 'none' }, 'No proxy fits. Empty the filter to see all.')
      : cardsTable(
          'proxies',
          ['Proxy', 'Namespace', 'Type', 'View', 'State', 'By type', 'Last poll'],
          shown.items.map((proxy) => row(proxy, state.now)),
        ),
    found.length > 0 && shown.last > 0 ? pager(shown, found.length, actions) : undefined,
  );
}

const noProxies = () =>
  sketch(
    'div',
    { class: 'empty' },
    sketch('p', {}, 'No proxy has polled within the last day. Make a bootstrap and start an Envoy with it:'),
    sketch(
      'pre',
      {},
      'npx pilotless bootstrap --id gateway-1 --type router -n edge --label app=gateway > gateway.json',
    ),
    sketch('pre', {}, 'envoy -c gateway.json'),
  );

/**
 * @param {import('./page-state.js').PageState} state
 * @param {import('./page-state.js').Actions} actions
 */
function filterBar({ proxies, filter }, actions) {
  const any = { state: '', count: proxies.proxies.length };
  const chips = [any, ...stateCounts(proxies.proxies)].map(({ state, count }) =>
    sketch(
      'button',
      {
        key: `state ${state}`,
        type: 'button',
        class: 'chip',
        'data-state': state,
        'aria-pressed': String(filter.state === state),
        onclick: () => actions.filter({ ...filter, state }),
      },
      `${state === '' ? 'All' : state.replace('_', ' ')} ${count.toLocaleString('en')}`,
    ),
  );
  return sketch(
    'div',
    { class: 'bar', key: 'bar' },
    sketch('input', {
      type: 'search',
      id: 'proxy-filter',
      placeholder: 'Filter by name, namespace, view…',
      'aria-label': 'Filter proxies',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: (event) =>
        actions.filter({ ...filter, text: /** @type {HTMLInputElement} */ (event.currentTarget).value }),
    }),
    sketch('div', { class: 'chips', role: 'group', 'aria-label': 'State' }, ...chips),
  );
}

/**
 * @param {import('./service.js').Proxy} proxy
 * @param {number} now
 */
function row(proxy, now) {
  return sketch(
    'tr',
    { key: proxy.id },
    sketch('th', { scope: 'row', title: proxy.id }, proxyName(proxy)),
    cell('Namespace', proxy.namespace),
    cell('Type', proxy.type),
    cell('View', sketch('code', { title: proxy.view }, shortKey(proxy.view))),
    cell('State', badge(proxy.status)),
    cell(
      'By type',
      sketch('span', { class: 'types' }, ...typeBadges(proxy)),
      ...rejections(proxy),
      ...holds(proxy, now),
    ),
    cell('Last poll', timeAgo(proxy.lastPolledAt, now)),
  );
}

/**
 * The types that the proxy polls, each in its state.
 * @param {import('./service.js').Proxy} proxy
 */
function typeBadges({ types }) {
  return Object.entries(types)
    .filter(([, { status }]) => status !== 'NOT_SENT')
    .map(([type, { status, name, sent = '', acked = '', rejected, heldSince }]) => {
      const versions = [
        `${type} ${status}`,
        name === undefined ? undefined : `of ${name}`,
        sent === '' ? undefined : `sent ${sent}`,
        acked === '' ? undefined : `taken ${acked}`,
        rejected === undefined ? undefined : `rejected ${rejected}`,
        heldSince === undefined ? undefined : `waits for its clusters since ${heldSince}`,
      ];
      const title = versions.filter((line) => line !== undefined).join('\n');
      return sketch('span', { key: type, class: 'type', 'data-state': status, title }, type, mark(status));
    });
}

/** Says without colour, and to a screen reader, what the colour says. @param {string} status */
const mark = (status) =>
  status === 'SYNCED' ? sketch('span', { class: 'unseen' }, ' SYNCED') : ` ${status.toLowerCase().replace('_', ' ')}`;

/** Suspects of one rejection that are named; the rest is in the answer of the API. */
const NAMED_SUSPECTS = 5;

/**
 * Why the proxy does not take what it is sent, as far as that is known.
 * @param {import('./service.js').Proxy} proxy
 */
function rejections({ types }) {
  return Object.entries(types)
    .filter(([, { status }]) => status === 'REJECTED')
    .flatMap(([type, { reason, suspects = [] }]) => {
      const named = suspects.slice(0, NAMED_SUSPECTS).map(suspectName).join(', ');
      const more = suspects.length - NAMED_SUSPECTS;
      const suspected = named === '' ? '' : `suspected: ${named}${more > 0 ? ` and ${more} more` : ''}`;
      const text = [reason, suspected].filter(Boolean).join(' – ');
      return text === '' ? [] : [sketch('div', { class: 'suspects', key: `rejected ${type}` }, `${type}: ${text}`)];
    });
}

/**
 * What order makes of the proxy's polls: what it is not given yet, and what it was given before it was ready.
 * @param {import('./service.js').Proxy} proxy
 * @param {number} now
 */
function holds({ types }, now) {
  return Object.entries(types).flatMap(([type, { heldSince, forced }]) => [
    ...(heldSince === undefined
      ? []
      : [
          sketch(
            'div',
            { class: 'held', key: `held ${type}` },
            `${type}: held back until it shows the clusters for it, since `,
            timeAgo(heldSince, now),
          ),
        ]),
    ...(forced
      ? [
          sketch(
            'div',
            { class: 'held', key: `forced ${type}` },
            `${type}: given before its clusters were shown, after a long wait`,
          ),
        ]
      : []),
  ]);
}

/**
 * @param {{ page: number, last: number, first: number, items: readonly unknown[] }} shown
 * @param {number} total
 * @param {import('./page-state.js').Actions} actions
 */
function pager({ page, last, first, items }, total, actions) {
  /** @type {(text: string, to: number) => import('./elements.js').Sketch} */
  const button = (text, to) =>
    sketch(
      'button',
      { key: text, type: 'button', disabled: to < 0 || to > last, onclick: () => actions.turnTo(to) },
      text,
    );
  return sketch(
    'div',
    { class: 'pager', key: 'pager' },
    button('Previous', page - 1),
    sketch('span', {}, `${first + 1}–${first + items.length} of ${total.toLocaleString('en')}`),
    button('Next', page + 1),
  );
}
