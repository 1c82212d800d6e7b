import { isPointOnCurve } from './elliptic-curves.ts';
import { canonicalJson } from './hashing.ts';

/** A key of a JSON Web Key Set (RFC 7517), as it was written. */
export type WebKey = Readonly<Record<string, unknown>>;

/** Deeper texts, and longer sets, are nobody's keys. */
const DEEPEST = 20;
const MOST_KEYS = 1_000;

export interface ReadKeys {
  readonly keys: readonly WebKey[];
  /** Why the text is no key set; keys are none then. */
  readonly problem?: string;
}

/** The keys of a set, or of one key that stands alone. */
export function readKeySet(text: string): ReadKeys {
  const parsed = parseObject(text);
  if (typeof parsed === 'string') return { keys: [], problem: parsed };
  const keys = 'keys' in parsed ? parsed['keys'] : 'kty' in parsed ? [parsed] : undefined;
  if (!Array.isArray(keys)) return { keys: [], problem: 'it has no list called "keys"' };
  if (keys.length > MOST_KEYS) return { keys: [], problem: `it has more than ${MOST_KEYS} keys` };
  const odd = keys.findIndex((key) => !isObject(key));
  if (odd >= 0) return { keys: [], problem: `keys[${odd}] is no object` };
  return { keys: keys as readonly WebKey[] };
}

function parseObject(text: string): WebKey | string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return 'it is no JSON object';
    if (isDeeper(parsed, DEEPEST)) return `it is nested more than ${DEEPEST} deep`;
    // Half of a pair, which no proxy can read.
    return /\\ud[89a-f]/i.test(JSON.stringify(parsed)) ? 'it has characters that are none' : parsed;
  } catch {
    return 'it is no JSON';
  }
}

const isObject = (value: unknown): value is WebKey =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

/** What keeps a key from being one at all (RFC 7518); undefined for one that is whole, usable or not. */
export function keyProblem(key: WebKey): string | undefined {
  const kind = Object.hasOwn(KEY_KINDS, String(key['kty']))
    ? KEY_KINDS[key['kty'] as keyof typeof KEY_KINDS]
    : undefined;
  if (!kind) return 'its kty is none of RSA, EC, OKP and oct';
  const missing = kind.members.find((name) => typeof key[name] !== 'string' || key[name] === '');
  return missing === undefined ? undefined : `it has no ${missing}`;
}

/** JWKS-7: whether Envoy can check a signature with it. A key that it cannot read it passes over, and a set without any it refuses. */
export function isUsableKey(key: WebKey): boolean {
  if (keyProblem(key) !== undefined || !['alg', 'kid'].every((name) => isTextOrAbsent(key[name]))) return false;
  const kind = KEY_KINDS[key['kty'] as keyof typeof KEY_KINDS];
  return kind.isUsable(key, typeof key['alg'] === 'string' ? key['alg'] : undefined);
}

const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';

interface KeyKind {
  readonly members: readonly string[];
  readonly isUsable: (key: WebKey, algorithm: string | undefined) => boolean;
}

const KEY_KINDS = {
  RSA: {
    members: ['n', 'e'],
    isUsable: ({ n, e }, algorithm = 'RS256') => {
      const [modulus, exponent] = [bytesOf(n), bytesOf(e)];
      const isOdd = (exponent.at(-1) ?? 0) % 2 === 1 && (modulus.at(-1) ?? 0) % 2 === 1;
      const isExponent = exponent.length <= 4 && exponent.some((byte, at) => byte > 1 || at < exponent.length - 1);
      return /^(RS|PS)/.test(algorithm) && isOdd && isExponent && modulus.length >= 128 && modulus.length <= 2_048;
    },
  },
  EC: {
    members: ['crv', 'x', 'y'],
    isUsable: ({ crv, x, y }, algorithm) => {
      const curve = CURVES[String(crv)];
      if (!curve || (algorithm !== undefined && algorithm !== curve)) return false;
      return isPointOnCurve(String(crv), bytesOf(x), bytesOf(y));
    },
  },
  OKP: {
    members: ['crv', 'x'],
    isUsable: ({ crv, x }, algorithm = 'EdDSA') =>
      crv === 'Ed25519' && algorithm === 'EdDSA' && bytesOf(x).length === 32,
  },
  oct: {
    members: ['k'],
    isUsable: ({ k }, algorithm = 'HS256') => /^HS/.test(algorithm) && bytesOf(k).length > 0,
  },
} as const satisfies Record<string, KeyKind>;

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/** Empty for what is no base64url. */
function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value)) return new Uint8Array();
  const standard = value.replaceAll('-', '+').replaceAll('_', '/');
  try {
    return Uint8Array.from(atob(standard), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Members of RSA, EC and OKP keys that are nobody's but their owner's. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;

/** VAL-16: a secret that signs as well as it checks counts, too. */
export const isPrivateKey = (key: WebKey): boolean =>
  key['kty'] === 'oct' || PRIVATE_MEMBERS.some((name) => key[name] !== undefined);

/** The part of a key that proxies are given; of an `oct` key that is all of it. */
export function publicPart(key: WebKey): WebKey {
  if (key['kty'] === 'oct') return key;
  const hidden: ReadonlySet<string> = new Set(PRIVATE_MEMBERS);
  return Object.fromEntries(Object.entries(key).filter(([name]) => !hidden.has(name)));
}

/**
 * The text by which proxies are given the keys: as it was written where that is plain, and written anew where it has private parts,
 * stands alone, or says a member twice, which Envoy does not read.
 */
export function publicKeySet(text: string, keys: readonly WebKey[]): string {
  const anew = JSON.stringify({ keys: keys.map(publicPart) });
  return withoutSpace(text) === anew ? text : anew;
}

const withoutSpace = (text: string): string => text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');

/**
 * JWKS-11: whether the keys are others, whatever the order of the keys and of their members. A text that was no key set is
 * another one than any that is.
 */
export function haveKeysChanged(before: string, now: readonly WebKey[]): boolean {
  const old = readKeySet(before);
  const texts = (keys: readonly WebKey[]): string => keys.map(canonicalJson).sort().join();
  return old.problem !== undefined || texts(old.keys) !== texts(now);
}
