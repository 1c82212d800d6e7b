// @ts-check

/**
 * What an element should be like. Text is set as text and attributes as attributes: whatever an object of a user is called, it is never
 * read as markup.
 * @typedef {object} Sketch
 * @property {string} tag
 * @property {Props} props
 * @property {readonly Child[]} children
 */

/** @typedef {Sketch | string} Child */

/**
 * Attributes by name; `false` and `undefined` leave one out. `key` tells children of one parent apart, and `onclick` and its like are
 * functions.
 * @typedef {Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>} Props
 */

/**
 * @param {string} tag
 * @param {Props} props
 * @param {...(Child | readonly Child[] | undefined)} children
 * @returns {Sketch}
 */
export function sketch(tag, props, ...children) {
  return { tag, props, children: children.flat().filter((child) => child !== undefined) };
}

/** The key of each element that has one. @type {WeakMap<Node, string>} */
const keys = new WeakMap();

/**
 * Makes the children of an element as they are sketched, and touches only what differs: focus, selected text and what is folded open
 * stay as they are. Keyed children keep their element when they move.
 * @param {Element} parent
 * @param {readonly Child[]} children
 */
export function draw(parent, children) {
  const keyed = new Map([...parent.childNodes].flatMap((node) => (keys.has(node) ? [[keys.get(node), node]] : [])));
  /** @type {ChildNode | null} */
  let place = parent.firstChild;
  for (const child of children) {
    const node = typeof child === 'string' ? textAt(place, child) : elementAt(place, child, keyed);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    if (typeof child !== 'string') drawElement(/** @type {HTMLElement} */ (node), child);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/**
 * @param {ChildNode | null} place
 * @param {string} text
 */
function textAt(place, text) {
  if (!(place instanceof Text)) return document.createTextNode(text);
  if (place.data !== text) place.data = text;
  return place;
}

/**
 * @param {ChildNode | null} place
 * @param {Sketch} child
 * @param {ReadonlyMap<string | undefined, Node>} keyed
 */
function elementAt(place, { tag, props }, keyed) {
  if (props.key !== undefined) {
    const found = keyed.get(String(props.key));
    if (found) return found;
  } else if (place instanceof HTMLElement && place.localName === tag && !keys.has(place)) return place;
  const made = document.createElement(tag);
  if (props.key !== undefined) keys.set(made, String(props.key));
  return made;
}

/**
 * @param {HTMLElement} element
 * @param {Sketch} sketched
 */
function drawElement(element, { props, children }) {
  const names = Object.keys(props).filter(
    (name) => name !== 'key' && props[name] !== undefined && props[name] !== false,
  );
  for (const name of element.getAttributeNames()) {
    if (!names.includes(name) && !OWNED_BY_READER.has(name)) element.removeAttribute(name);
  }
  for (const name of names) drawAttribute(element, name, props[name]);
  draw(element, children);
}

/** Attributes that change as the page is used, which no sketch knows of. */
const OWNED_BY_READER = new Set(['open']);

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Props[string]} value
 */
function drawAttribute(element, name, value) {
  if (typeof value === 'function') {
    Object.assign(element, { [name]: value });
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}
