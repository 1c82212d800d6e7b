// @ts-check
import { sketch } from './elements.js';
import { ago } from './times.js';

/**
 * What the reader should know before anything else.
 * @param {import('./page-state.js').PageState} state
 */
export function notices({ service, problem, readAt }) {
  const shown = [];
  if (problem !== undefined) {
    const kept = readAt === undefined ? '' : ` Shown is what it said at ${new Date(readAt).toLocaleTimeString()}.`;
    const text = `${problem}${kept} The page keeps trying.`;
    shown.push(sketch('p', { class: 'notice', 'data-state': 'REJECTED', key: 'problem' }, text));
  }
  if (service?.identity === 'none') {
    const text = 'No identity is configured: whoever reaches this address is believed, proxies and writers alike.';
    shown.push(sketch('p', { class: 'notice', 'data-state': 'STALE', key: 'identity' }, text));
  }
  return shown;
}

/**
 * How old what is shown is.
 * @param {import('./page-state.js').PageState} state
 */
export function freshness({ problem, readAt, now }) {
  const text = readAt === undefined ? 'Loading…' : `updated ${ago(Math.max(0, now - readAt))}`;
  return [sketch('span', { class: 'dot', 'data-state': problem === undefined ? 'SYNCED' : 'REJECTED' }), text];
}
