// The one place in lib outside the adapters that uses a Node core module: hashing must be synchronous to keep the stages pure functions.
import { hash } from 'node:crypto';
import type { Brand } from './brand.ts';

/** Lower-case hex SHA-256 of a body, 64 characters. Equal bytes, equal hash, on every machine. */
export type ContentHash = Brand<string, 'ContentHash'>;

/** Takes a string that is already such a hash (from a store or a path); throws a RangeError on anything else. */
export function contentHash(hex: string): ContentHash {
  if (!isContentHash(hex)) throw new RangeError(`not a SHA-256 in hex: ${hex}`);
  return hex;
}

export function isContentHash(text: string): text is ContentHash {
  return /^[0-9a-f]{64}$/.test(text);
}

export function hashBytes(bytes: Uint8Array | string): ContentHash {
  return hash('sha256', bytes, 'hex') as ContentHash;
}

/** Hash of a value's canonical JSON: independent of key order and of how the value came about. */
export function hashOf(value: unknown): ContentHash {
  return hashBytes(canonicalJson(value));
}

/**
 * JSON with sorted keys and no white space; `undefined` members are left out, as in JSON.stringify.
 * Only plain JSON values may come in: objects, arrays, strings, finite numbers, booleans, null.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) sorted[key] = (value as Record<string, unknown>)[key];
  return sorted;
}
