import { isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** Line, from 1, of the part that a path such as `spec.http[0].match` leads to, or of the nearest part above it. */
export type LineOf = (path: string) => number;

export function lineFinder(root: Node | null, lines: LineCounter): LineOf {
  return (path) => {
    let [node, offset] = [root as unknown, root?.range?.[0] ?? 0];
    for (const part of partsOf(path)) {
      const found = memberOf(node, part);
      if (found === undefined) break;
      [node, offset] = [found.node, found.offset];
    }
    return lines.linePos(offset).line;
  };
}

/** Steps of a path: names, numbers in brackets, quoted names in brackets. */
function partsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? '') : quoted.replace(/\\(.)/g, '$1');
  });
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
}

function memberOf(node: unknown, part: string | number): Found | undefined {
  if (isSeq(node)) {
    const item = typeof part === 'number' ? (node.items[part] as Node | null | undefined) : undefined;
    return item?.range ? { node: item, offset: item.range[0] } : undefined;
  }
  if (!isMap(node)) return undefined;
  // The key's place, not the value's: a value may begin lines further down.
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  const key = pair?.key;
  return isScalar(key) && key.range ? { node: pair?.value, offset: key.range[0] } : undefined;
}
