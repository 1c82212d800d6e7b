// @ts-check
import { sketch } from './elements.js';

/**
 * A table that scrolls by itself, and becomes a card for each row where the page is too narrow for columns.
 * @param {string} name What it is a table of.
 * @param {readonly string[]} heads
 * @param {readonly import('./elements.js').Child[]} rows
 */
export const cardsTable = (name, heads, rows) =>
  sketch(
    'div',
    { class: 'scroll', key: 'table', tabindex: '0', role: 'region', 'aria-label': `Table of ${name}` },
    sketch(
      'table',
      { class: 'cards' },
      sketch('thead', {}, sketch('tr', {}, ...heads.map((text) => sketch('th', { scope: 'col' }, text)))),
      sketch('tbody', {}, ...rows),
    ),
  );

/**
 * @param {string} label Shown beside the cell where the page is too narrow for columns.
 * @param {...import('./elements.js').Child} children
 */
export const cell = (label, ...children) => sketch('td', { 'data-label': label }, ...children);
