import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type SecretBox, SecretKeyUnavailable } from '../../ports/secret-box.ts';
import { derivedKey, type HeldKeys, keyedHash, openWith, SECRET_KEY_BYTES, sealWith } from '../secret-cipher.ts';

/** Bits of a mode by which anybody but the owner may do something. */
const OTHERS = 0o077;

/**
 * A box whose key lies in a file that only its owner may read. The file has a key per line, in base64: the first seals, all of them
 * open, the last makes fingerprints; it is made with the first value that is sealed. Opening values never makes a key: one that is
 * lost must be noticed, not replaced.
 */
export function keyFileSecretBox(path: string): SecretBox {
  let held: HeldKeys | undefined;
  const keys = (mayMake: boolean): HeldKeys => (held ??= readKeys(path) ?? (mayMake ? makeKey(path) : noKey(path)));
  return {
    seal: async (value, place) => sealWith(keys(true), value, place),
    open: async (sealed, place) => openWith(keys(false), sealed, place),
    fingerprint: async (value, place) => {
      const { all, sealing } = keys(true);
      return keyedHash(derivedKey(all.at(-1) ?? sealing, 'pilotless fingerprint'), value, place);
    },
  };
}

function noKey(path: string): never {
  throw new SecretKeyUnavailable(`the key file ${path} is missing; restore it from a backup`);
}

function readKeys(path: string): HeldKeys | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const all = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => new Uint8Array(Buffer.from(line, 'base64')));
  const [sealing] = all;
  if (sealing === undefined || all.some((key) => key.byteLength !== SECRET_KEY_BYTES)) {
    throw new SecretKeyUnavailable(
      `the key file ${path} has no keys of ${SECRET_KEY_BYTES} bytes in base64, one a line`,
    );
  }
  return { sealing, all };
}

/** The text of a file that is its owner's alone; `undefined` where there is none. */
function readPrivateFile(path: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw new SecretKeyUnavailable(`the key file ${path} cannot be read`, cause);
  }
  try {
    // Windows has no such modes; what Node makes of them there says nothing.
    if (process.platform !== 'win32' && (fstatSync(handle).mode & OTHERS) !== 0) {
      throw new SecretKeyUnavailable(`others may read the key file ${path}; run chmod 600 ${path}`);
    }
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** Makes the file with a new key, on the disk before anything is sealed with it; whoever is second reads the key of the first. */
function makeKey(path: string): HeldKeys {
  const key = new Uint8Array(randomBytes(SECRET_KEY_BYTES));
  try {
    const handle = openSync(path, 'wx', 0o600);
    try {
      writeSync(handle, `${Buffer.from(key).toString('base64')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    const made = isCode(cause, 'EEXIST') ? readKeys(path) : undefined;
    if (made) return made;
    throw new SecretKeyUnavailable(`the key file ${path} cannot be made`, cause);
  }
  return { sealing: key, all: [key] };
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
