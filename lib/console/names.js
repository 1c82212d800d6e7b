// @ts-check
import { sketch } from './elements.js';

/**
 * The name of a proxy without its namespace, which stands beside it: the third part of a node id in Istio's form, else the whole id.
 * @param {{ readonly id: string, readonly namespace: string }} proxy
 */
export function proxyName({ id, namespace }) {
  const own = id.split('~')[2] ?? id;
  const suffix = `.${namespace}`;
  return own.endsWith(suffix) && own.length > suffix.length ? own.slice(0, -suffix.length) : own;
}

/**
 * What tells a view from others, for people: who polls it, then the start of its key.
 * @param {Pick<import('./service.js').View, 'key' | 'type' | 'namespace' | 'labels'>} view
 */
export function viewName({ key, type, namespace, labels = {} }) {
  const shared = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return `${type} in ${namespace}${shared.length === 0 ? '' : ` · ${shared.slice(0, SHOWN_LABELS).join(' ')}`} · ${shortKey(key)}`;
}

const SHOWN_LABELS = 3;

/** @param {string} key */
export const shortKey = (key) => key.slice(0, 8);

/** @param {{ readonly kind?: string, readonly namespace?: string, readonly name?: string }} object */
export const objectName = ({ kind = '', namespace = '', name = '' }) =>
  `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`.trim();

/** @param {import('./service.js').Suspect} suspect */
export const suspectName = (suspect) => (typeof suspect === 'string' ? suspect : objectName(suspect));

/**
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/**
 * A state as a coloured word; the word alone says it.
 * @param {string} state
 * @param {string} [text]
 */
export const badge = (state, text = state) =>
  sketch('span', { class: 'badge', 'data-state': state }, text.replace('_', ' '));
