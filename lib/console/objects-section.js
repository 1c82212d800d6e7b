// @ts-check
import { cardsTable, cell } from './cards-table.js';
import { sketch } from './elements.js';
import { badge, counted, objectName } from './names.js';
import { timeAgo } from './times.js';

/** Objects that are shown at once; those that need somebody come first. */
const MAX_ROWS = 50;

/**
 * What was applied, and how far each object got.
 * @param {import('./page-state.js').PageState} state
 */
export function objectsSection({ objects: { objects, total, troubled }, now }) {
  const title = sketch('h2', {}, 'Objects ', sketch('small', {}, total.toLocaleString('en')));
  if (total === 0) {
    const empty = 'What is applied appears here, with what keeps it from being in force.';
    return sketch('section', { id: 'objects', key: 'objects' }, title, sketch('p', { class: 'empty' }, empty));
  }
  const hidden = total - Math.min(objects.length, MAX_ROWS);
  return sketch(
    'section',
    { id: 'objects', key: 'objects' },
    title,
    sketch(
      'p',
      { class: 'quiet', key: 'summary' },
      troubled === 0 ? 'Nothing is wrong with any of them.' : `${counted(troubled, 'object')} to look at.`,
    ),
    cardsTable(
      'objects',
      ['Object', 'State', 'Proxies', 'Since', 'Message'],
      objects.slice(0, MAX_ROWS).map((object) => row(object, now)),
    ),
    hidden > 0
      ? sketch('p', { key: 'more' }, `and ${counted(hidden, 'object')} more: `, sketch('code', {}, 'pilotless get -A'))
      : undefined,
  );
}

/**
 * @param {import('./service.js').StatedObject} object
 * @param {number} now
 */
function row(object, now) {
  const { state, word, condition, said } = stateOf(object.conditions);
  const since = condition?.lastTransitionTime;
  return sketch(
    'tr',
    { key: `${object.kind}/${object.namespace}/${object.name}` },
    sketch('th', { scope: 'row' }, sketch('div', { class: 'quiet' }, object.kind), objectName({ ...object, kind: '' })),
    cell('State', badge(state, word)),
    cell('Proxies', proxiesOf(object.conditions)),
    cell('Since', sketch('span', { class: 'short' }, since === undefined ? '–' : timeAgo(since, now))),
    said === '' ? sketch('td', { class: 'nothing' }) : cell('Message', sketch('span', { class: 'said' }, said)),
  );
}

/**
 * The first thing that keeps an object from being what its author wants, in the colours of the states of proxies.
 * @param {readonly import('./service.js').ObjectCondition[]} conditions
 * @returns {{ state: string, word: string, condition: import('./service.js').ObjectCondition | undefined, said: string }}
 */
export function stateOf(conditions) {
  const [accepted, reconciled, programmed] = ['Accepted', 'Reconciled', 'Programmed'].map((type) =>
    conditions.find((condition) => condition.type === type),
  );
  const told = (/** @type {string} */ state, /** @type {typeof accepted} */ condition, word = condition?.reason) => ({
    ...{ state, word: inWords(word ?? 'Unknown'), condition },
    // How many have it stands beside it already.
    said: condition === programmed && condition?.reason !== 'Rejected' ? '' : (condition?.message ?? ''),
  });
  if (accepted?.status === 'False') return told('REJECTED', accepted);
  if (reconciled?.reason === 'BuildFailed') return told('REJECTED', reconciled);
  if (programmed?.reason === 'Rejected') return told('REJECTED', programmed);
  if (accepted?.status === 'True' && accepted.reason !== 'Accepted') return told('STALE', accepted);
  if (reconciled?.status === 'False') return told('STALE', reconciled);
  if (programmed?.status === 'False') return told('STALE', programmed);
  return programmed?.status === 'True' ? told('SYNCED', programmed) : told('NOT_SENT', accepted);
}

/** `SubsetNotFound` as people say it. @param {string} reason */
const inWords = (reason) => reason.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();

/** @param {readonly import('./service.js').ObjectCondition[]} conditions */
function proxiesOf(conditions) {
  const { status, message = '' } = conditions.find(({ type }) => type === 'Programmed') ?? { status: 'Unknown' };
  return status === 'Unknown' ? '–' : (message.split(' ', 1)[0] ?? '–');
}
