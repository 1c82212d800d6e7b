// @ts-check
import { sketch } from './elements.js';
import { ago } from './times.js';

/**
 * What the reader should know before anything else.
 * @param {import('./page-state.js').PageState} state
 * @param {Pick<import('./page-state.js').Actions, 'useToken'>} actions
 */
export function notices({ service, problem, readAt, isTokenWanted }, { useToken }) {
  const shown = [];
  if (problem !== undefined) {
    const kept = readAt === undefined ? '' : ` Shown is what it said at ${new Date(readAt).toLocaleTimeString()}.`;
    const text = `${problem}${kept} The page keeps trying.`;
    shown.push(sketch('p', { class: 'notice', 'data-state': 'REJECTED', key: 'problem' }, text));
  }
  if (isTokenWanted) shown.push(tokenForm(useToken));
  if (service?.identity === 'none') {
    const text = 'No identity is configured: whoever reaches this address is believed, proxies and writers alike.';
    shown.push(sketch('p', { class: 'notice', 'data-state': 'STALE', key: 'identity' }, text));
  }
  return shown;
}

/** @param {(token: string) => void} useToken */
function tokenForm(useToken) {
  /** @param {Event} event */
  const onsubmit = (event) => {
    event.preventDefault();
    const token = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('token');
    if (typeof token === 'string') useToken(token);
  };
  return sketch(
    'form',
    { class: 'notice', 'data-state': 'STALE', key: 'token', onsubmit },
    sketch('label', { for: 'token' }, 'Bearer token, kept in this page until it is closed: '),
    sketch('input', { id: 'token', name: 'token', type: 'password', autocomplete: 'off', required: true }),
    ' ',
    sketch('button', { type: 'submit' }, 'Use it'),
  );
}

/**
 * How old what is shown is.
 * @param {import('./page-state.js').PageState} state
 */
export function freshness({ problem, readAt, now }) {
  const text = readAt === undefined ? 'Loading…' : `updated ${ago(Math.max(0, now - readAt))}`;
  return [sketch('span', { class: 'dot', 'data-state': problem === undefined ? 'SYNCED' : 'REJECTED' }), text];
}
