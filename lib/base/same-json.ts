/**
 * Whether two plain JSON values say the same, whatever the order of their keys; `undefined` members count as absent. Parts that are
 * the very same object are not looked into, so that values which share most of what they are made of are compared quickly.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSameJson(item, b[index]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return (
    hasAllOf(left, right) && Object.keys(right).every((key) => right[key] === undefined || Object.hasOwn(left, key))
  );
}

function hasAllOf(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(left).every((key) => isSameJson(left[key], Object.hasOwn(right, key) ? right[key] : undefined));
}
