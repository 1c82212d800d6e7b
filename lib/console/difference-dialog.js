// @ts-check
import { sketch } from './elements.js';
import { fieldChanges } from './field-changes.js';
import { badge, counted, objectName } from './names.js';

/** Objects whose change is shown in full; beyond, the API has them all. */
const MAX_OBJECTS = 200;

/**
 * What one revision changed, object by object.
 * @param {import('./page-state.js').OpenDifference} open
 * @param {() => void} close
 */
export function differenceDialog({ revision, difference, problem }, close) {
  const head = sketch(
    'div',
    { class: 'dialog-head' },
    sketch('h2', { id: 'difference-title' }, `What revision ${revision} changed`),
    sketch('button', { type: 'button', onclick: close }, 'Close'),
  );
  if (problem !== undefined) return [head, sketch('p', { class: 'empty' }, problem)];
  if (!difference) return [head, sketch('p', { class: 'quiet' }, 'Loading…')];
  const { changes, from } = difference;
  const shown = changes.slice(0, MAX_OBJECTS);
  const hidden = changes.length - shown.length;
  return [
    head,
    sketch(
      'p',
      { class: 'quiet' },
      `${counted(changes.length, 'object')} changed since revision ${from}. `,
      sketch('a', { href: `v1/revisions/${revision}/diff` }, 'As JSON'),
    ),
    ...shown.map((change) => objectChange(change, shown.length <= OPEN_OBJECTS)),
    ...(hidden > 0 ? [sketch('p', { class: 'quiet' }, `and ${counted(hidden, 'object')} more in the JSON`)] : []),
  ];
}

/** So few are shown unfolded. */
const OPEN_OBJECTS = 5;

/**
 * @param {import('./service.js').Change} change
 * @param {boolean} isOpen
 */
function objectChange(change, isOpen) {
  return sketch(
    'details',
    { key: `${change.kind} ${change.namespace} ${change.name}`, open: isOpen },
    sketch('summary', {}, badge(change.action), ` ${objectName(change)}`),
    change.before !== undefined && change.after !== undefined
      ? changedFields(change.before, change.after)
      : sketch('pre', {}, printed(change.after ?? change.before)),
  );
}

/**
 * @param {unknown} before
 * @param {unknown} after
 */
function changedFields(before, after) {
  const rows = fieldChanges(before, after).map(({ path, before: old, after: now }) =>
    sketch(
      'tr',
      { key: path },
      sketch('th', { scope: 'row' }, sketch('code', {}, path)),
      sketch('td', { 'data-label': 'before', class: 'before' }, value(old)),
      sketch('td', { 'data-label': 'after', class: 'after' }, value(now)),
    ),
  );
  const heads = ['Field', 'Before', 'After'].map((text) => sketch('th', { scope: 'col' }, text));
  return sketch(
    'table',
    { class: 'cards fields' },
    sketch('thead', {}, sketch('tr', {}, ...heads)),
    sketch('tbody', {}, ...rows),
  );
}

/** @param {unknown} field */
const value = (field) =>
  field === undefined ? sketch('span', { class: 'quiet' }, 'absent') : sketch('pre', {}, printed(field));

/** @param {unknown} field */
const printed = (field) => (typeof field === 'string' ? field : JSON.stringify(field, null, 2));
