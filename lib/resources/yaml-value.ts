import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** A YAML document says something that JSON cannot, or too much of it. Only `readDocuments` catches it. */
export class UnreadableValue extends Error {
  readonly code = 'UNREADABLE_VALUE';
  /** Where in the text, in characters. */
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.name = 'UnreadableValue';
    this.offset = offset;
  }
}

/** Deeper nesting than this means nothing in any kind. */
const mostLevels = 100;
/** Values of one document with every alias written out: generous for people, too few for documents that explode. */
const mostValues = 500_000;

interface Walk {
  /** What each anchor stands for so far; an alias may only look back. */
  readonly anchors: Map<string, Node>;
  /** Anchors that are being written out: an alias to one of them has no end. */
  readonly open: Set<string>;
  values: number;
}

type Unread = Node | null | undefined;

/** The JSON value of a YAML node. Aliases and merge keys are written out, keys are texts, and no key may be there twice. */
export function plainValue(node: Unread): unknown {
  return valueOf(node, 0, { anchors: new Map(), open: new Set(), values: 0 });
}

function valueOf(node: Unread, level: number, walk: Walk): unknown {
  if (node === null || node === undefined) return null;
  const refuse = (message: string): never => {
    throw new UnreadableValue(offsetOf(node), message);
  };
  walk.values += 1;
  if (walk.values > mostValues) refuse(`more than ${mostValues} values with all aliases written out`);
  if (level > mostLevels) refuse(`nested more than ${mostLevels} levels deep`);
  if (isAlias(node)) {
    const target = walk.anchors.get(node.source) ?? refuse(`there is no anchor &${node.source} before this alias`);
    if (walk.open.has(node.source)) refuse(`the anchor &${node.source} contains itself`);
    return valueOf(target, level, walk);
  }
  const anchor = 'anchor' in node ? node.anchor : undefined;
  if (anchor === undefined) return ownValue(node, level, walk);
  walk.anchors.set(anchor, node);
  walk.open.add(anchor);
  const value = ownValue(node, level, walk);
  walk.open.delete(anchor);
  return value;
}

function ownValue(node: Node, level: number, walk: Walk): unknown {
  if (isSeq(node)) return node.items.map((item) => valueOf(item as Node, level + 1, walk));
  if (isMap(node)) return objectOf(node as YAMLMap<Unread, Unread>, level, walk);
  const value = isScalar(node) ? node.value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UnreadableValue(
    offsetOf(node),
    'a value that JSON does not have; write a text, a number, true, false or null',
  );
}

function objectOf(map: YAMLMap<Unread, Unread>, level: number, walk: Walk): unknown {
  const members = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    const value = valueOf(pair.value, level + 1, walk);
    if (key === '<<') mergeInto(merged, value, offsetOf(pair.key));
    else if (members.has(key))
      throw new UnreadableValue(offsetOf(pair.key), `the key "${key}" is there twice; keep one`);
    else members.set(key, value);
  }
  // What is written beside a merge key wins over what it brings.
  return Object.fromEntries([...[...merged].filter(([key]) => !members.has(key)), ...members]);
}

/** A merge key brings the members of one object or of several, the first of which wins. */
function mergeInto(merged: Map<string, unknown>, value: unknown, offset: number): void {
  for (const source of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      throw new UnreadableValue(offset, 'the merge key << takes objects');
    }
    for (const [key, member] of Object.entries(source)) if (!merged.has(key)) merged.set(key, member);
  }
}

function keyOf(pair: Pair<Unread, Unread>): string {
  const { key } = pair;
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new UnreadableValue(offsetOf(key ?? pair.value), 'keys are texts');
  }
  const text = String(value);
  // JavaScript gives this name a meaning of its own; no document needs it.
  if (text === '__proto__') throw new UnreadableValue(offsetOf(key), 'the key "__proto__" is not allowed');
  return text;
}

const offsetOf = (node: Unread): number => node?.range?.[0] ?? 0;
