import { isObject } from './poll-fields.ts';

/** The largest node without its extensions, in characters of JSON: metadata of a proxy is a few hundred. */
const MAX_NODE_CHARACTERS = 64 * 1024;
const MAX_NODE_DEPTH = 32;

/** What a node says of itself, unread but for its id; the long list of its extensions is dropped. */
export interface PolledNode {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly locality: Readonly<Record<string, unknown>>;
}

/** The node as far as it can matter, or a sentence that says what is wrong with it. */
export function readPolledNode(node: unknown): PolledNode | string {
  if (!isObject(node)) return 'every poll must carry a node: REST has no connection to remember it by';
  const { id, cluster = '', metadata, locality } = node;
  if (typeof id !== 'string' || id === '') return 'node.id must be a text that is not empty';
  if (typeof cluster !== 'string') return 'node.cluster must be a text';
  const read = { id, cluster, metadata: metadata ?? {}, locality: locality ?? {} };
  if (!isObject(read.metadata)) return 'node.metadata must be an object';
  if (!isObject(read.locality)) return 'node.locality must be an object';
  if (isDeeper(read, MAX_NODE_DEPTH)) return `node is nested deeper than ${MAX_NODE_DEPTH} levels`;
  if (JSON.stringify(read).length > MAX_NODE_CHARACTERS) {
    return `node has more than ${MAX_NODE_CHARACTERS} characters without its extensions`;
  }
  return { id, cluster, metadata: read.metadata, locality: read.locality };
}

/** Level by level and without recursion: the depth is the sender's choice. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}
