// @ts-check
import { sketch } from './elements.js';
import { counted } from './names.js';
import { timeAgo } from './times.js';

/**
 * The revisions that were loaded, newest first.
 * @param {import('./page-state.js').PageState} state
 * @param {import('./page-state.js').Actions} actions
 */
export function historySection({ revisions, olderBefore, isLoadingOlder, now }, actions) {
  const title = sketch('h2', {}, 'History');
  if (revisions.length === 0) {
    const empty = 'Each apply, edit or rollback becomes one revision here.';
    return sketch('section', { id: 'history', key: 'history' }, title, sketch('p', { class: 'empty' }, empty));
  }
  return sketch(
    'section',
    { id: 'history', key: 'history' },
    title,
    sketch('ol', { class: 'history', key: 'list' }, ...revisions.map((revision) => item(revision, now))),
    olderBefore === undefined
      ? undefined
      : sketch(
          'p',
          { key: 'older' },
          sketch(
            'button',
            { type: 'button', disabled: isLoadingOlder, onclick: () => actions.loadOlder() },
            isLoadingOlder ? 'Loading…' : 'Load older revisions',
          ),
        ),
  );
}

/**
 * @param {import('./service.js').Revision} revision
 * @param {number} now
 */
function item({ revision, writer, time, message, counts }, now) {
  return sketch(
    'li',
    { key: String(revision) },
    sketch('a', { href: `#difference-${revision}`, 'aria-label': `What revision ${revision} changed` }, `#${revision}`),
    sketch(
      'div',
      {},
      sketch('span', { class: 'message' }, message ?? changeCounts(counts)),
      sketch(
        'div',
        { class: 'quiet' },
        `${writer}, `,
        timeAgo(time, now),
        message === undefined ? '' : ` · ${changeCounts(counts)}`,
      ),
    ),
  );
}

/** @param {Readonly<Record<string, number>>} [counts] */
function changeCounts(counts = {}) {
  const said = Object.entries(counts).filter(([, count]) => count > 0);
  if (said.length === 0) return counted(0, 'change');
  return said.map(([action, count]) => `${count.toLocaleString('en')} ${action}`).join(', ');
}
