// @ts-check

/**
 * One field that differs between two documents. What is absent on a side is `undefined` there.
 * @typedef {{ readonly path: string, readonly before: unknown, readonly after: unknown }} FieldChange
 */

/**
 * The fields in which two JSON values differ, deepest first named: `spec.http[0].route[1].weight`. Items of lists are compared by their
 * place.
 * @param {unknown} before
 * @param {unknown} after
 * @returns {readonly FieldChange[]}
 */
export function fieldChanges(before, after) {
  return changesAt('', before, after);
}

/**
 * @param {string} path
 * @param {unknown} before
 * @param {unknown} after
 * @returns {readonly FieldChange[]}
 */
function changesAt(path, before, after) {
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = Array.from({ length: Math.max(before.length, after.length) });
    return longer.flatMap((_, index) => changesAt(`${path}[${index}]`, before[index], after[index]));
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesAt(path === '' ? name : `${path}.${name}`, before[name], after[name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
