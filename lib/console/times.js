// @ts-check
import { sketch } from './elements.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago something was, in one rounded unit.
 * @param {number} ageMs
 */
export function ago(ageMs) {
  if (ageMs < 2 * SECOND) return 'just now';
  if (ageMs < MINUTE) return `${Math.floor(ageMs / SECOND)} s ago`;
  if (ageMs < HOUR) return `${Math.floor(ageMs / MINUTE)} min ago`;
  if (ageMs < DAY) return `${Math.floor(ageMs / HOUR)} h ago`;
  const days = Math.floor(ageMs / DAY);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

/**
 * A span after something, as precise as it matters. Clocks of two machines may say that it was before.
 * @param {number} spanMs
 */
export function after(spanMs) {
  const span = Math.max(0, spanMs);
  if (span < 10 * SECOND) return `+${(span / SECOND).toFixed(1)} s`;
  if (span < 2 * MINUTE) return `+${Math.round(span / SECOND)} s`;
  return span < 2 * HOUR ? `+${Math.round(span / MINUTE)} min` : `+${Math.round(span / HOUR)} h`;
}

/**
 * A moment as people read it, with the exact one behind it.
 * @param {string} moment RFC 3339
 * @param {number} now of the service, in milliseconds
 */
export function timeAgo(moment, now) {
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return sketch('span', {}, '–');
  return sketch('time', { datetime: moment, title: moment }, ago(Math.max(0, now - at)));
}
