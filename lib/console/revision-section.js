// @ts-check
import { sketch } from './elements.js';
import { badge, counted, objectName, proxyName, viewName } from './names.js';
import { reachOf } from './reach.js';
import { after, timeAgo } from './times.js';

/** Objects, and proxies that lag behind, that are named; of more only the number is said. */
const NAMED_OBJECTS = 8;
const NAMED_PROXIES = 5;

/**
 * The newest revision: who made it, what it changed, and how far that has come.
 * @param {import('./page-state.js').PageState} state
 * @returns {import('./elements.js').Sketch}
 */
export function revisionSection(state) {
  const newest = state.revisions[0];
  if (!newest) return section(sketch('h2', {}, 'Newest revision'), nothingApplied());
  return section(
    sketch('h2', {}, `Revision ${newest.revision}`),
    sketch(
      'p',
      { class: 'byline' },
      `by ${newest.writer}, `,
      timeAgo(newest.time, state.now),
      newest.objects === undefined ? undefined : ` · ${counted(newest.objects, 'object')} in all`,
    ),
    newest.message === undefined ? undefined : sketch('p', { class: 'message' }, newest.message),
    sketch('div', { class: 'flow' }, ...steps(state, newest)),
    clock(state, newest),
  );
}

/**
 * When the revision came how far, counted from when it was acknowledged.
 * @param {import('./page-state.js').PageState} state
 * @param {import('./service.js').Revision} newest
 */
function clock({ proxies: { propagation } }, newest) {
  if (propagation?.revision !== newest.revision) return undefined;
  const { builtAt, firstAt, halfAt, allAt } = propagation;
  const marks = [
    mark('Built', builtAt, newest.time),
    mark('First proxy', firstAt, newest.time),
    mark('Half of them', halfAt, newest.time),
    mark('All of them', allAt, newest.time),
  ];
  const start = new Date(newest.time).toLocaleTimeString();
  const acknowledged = sketch('li', { key: 'start', title: newest.time }, 'Acknowledged ', sketch('b', {}, start));
  return sketch('ol', { class: 'clock', 'aria-label': 'How it spread' }, acknowledged, ...marks);
}

/**
 * @param {string} name
 * @param {string | undefined} at
 * @param {string} start
 */
const mark = (name, at, start) =>
  at === undefined
    ? undefined
    : sketch('li', { key: name, title: at }, `${name} `, sketch('b', {}, after(Date.parse(at) - Date.parse(start))));

/** @param {...(import('./elements.js').Child | undefined)} children */
const section = (...children) => sketch('section', { id: 'revision', key: 'revision' }, ...children);

const nothingApplied = () =>
  sketch(
    'div',
    { class: 'empty' },
    sketch('p', {}, 'Nothing was applied yet. Apply documents to make the first revision:'),
    sketch('pre', {}, 'npx pilotless apply -f examples/hello/hello.yaml'),
  );

/**
 * From the objects that changed to the proxies that have it, as far as that is known.
 * @param {import('./page-state.js').PageState} state
 * @param {import('./service.js').Revision} newest
 */
function steps(state, newest) {
  const { newestDifference, views, proxies } = state;
  const reach = reachOf(newest.revision, { views: views.views, proxies: proxies.proxies });
  const changes = newestDifference?.to === newest.revision ? newestDifference.changes : undefined;
  return [
    step('Objects', changes ? counted(changes.length, 'object') : '…', objectList(newest, changes)),
    step('Views', `${reach.length} of ${counted(views.views.length, 'view')}`, viewList(state, newest, reach)),
    step('Proxies', ...proxyProgress(reach)),
  ];
}

/**
 * @param {string} title
 * @param {string} figure
 * @param {...(import('./elements.js').Child | undefined)} children
 */
const step = (title, figure, ...children) =>
  sketch('div', { class: 'step' }, sketch('h3', {}, title), sketch('p', { class: 'figure' }, figure), ...children);

/**
 * @param {import('./service.js').Revision} newest
 * @param {readonly import('./service.js').Change[] | undefined} changes
 */
function objectList(newest, changes = []) {
  const items = changes
    .slice(0, NAMED_OBJECTS)
    .map((change) => sketch('li', { key: objectName(change) }, badge(change.action), ` ${objectName(change)}`));
  const more = changes.length - items.length;
  const link = sketch(
    'a',
    { href: `#difference-${newest.revision}` },
    more > 0 ? `${more.toLocaleString('en')} more, and what changed` : 'What changed',
  );
  return sketch('div', {}, sketch('ul', { class: 'plain' }, ...items), sketch('p', {}, link));
}

/**
 * @param {import('./page-state.js').PageState} state
 * @param {import('./service.js').Revision} newest
 * @param {readonly import('./reach.js').ViewReach[]} reach
 */
function viewList({ views }, newest, reach) {
  if (views.revision < newest.revision) return sketch('p', { class: 'quiet' }, 'Being built.');
  if (views.views.length === 0) return sketch('p', { class: 'quiet' }, 'No proxy polls yet, so nothing is built.');
  if (reach.length === 0) return sketch('p', { class: 'quiet' }, 'It changed nothing for any proxy that polls.');
  const items = reach
    .slice(0, NAMED_OBJECTS)
    .map(({ view, have, of }) =>
      sketch('li', { key: view.key, title: view.key }, `${viewName(view)}: `, sketch('b', {}, `${have}/${of}`)),
    );
  const more = reach.length - items.length;
  return sketch(
    'ul',
    { class: 'plain' },
    ...items,
    more > 0 ? sketch('li', { key: 'more' }, `and ${counted(more, 'view')} more`) : undefined,
  );
}

/**
 * @param {readonly import('./reach.js').ViewReach[]} reach
 * @returns {[string, ...import('./elements.js').Child[]]}
 */
function proxyProgress(reach) {
  const have = reach.reduce((sum, each) => sum + each.have, 0);
  const of = reach.reduce((sum, each) => sum + each.of, 0);
  if (of === 0) return ['–', sketch('p', { class: 'quiet' }, 'No proxy has to take anything.')];
  const without = reach.flatMap((each) => each.without);
  const bar = sketch('progress', { value: have, max: of, 'aria-label': 'proxies that have it' });
  if (without.length === 0) return [`${have} of ${of}`, bar, sketch('p', { class: 'quiet' }, 'All of them have it.')];
  const items = without
    .slice(0, NAMED_PROXIES)
    .map((proxy) =>
      sketch('li', { key: proxy.id, title: proxy.id }, badge(proxy.status), ` ${proxyName(proxy)}.${proxy.namespace}`),
    );
  const more = without.length - items.length;
  const rest = more > 0 ? sketch('li', { key: 'more' }, `and ${more.toLocaleString('en')} more`) : undefined;
  return [`${have} of ${of}`, bar, sketch('ul', { class: 'plain' }, ...items, rest)];
}
