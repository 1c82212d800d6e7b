import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { keyFileSecretBox } from '../../lib/adapters/system/key-file-secret-box.ts';
import { SealBroken, SecretKeyUnavailable } from '../../lib/ports/secret-box.ts';
import { secretBoxContract } from './secret-box.contract.ts';

secretBoxContract('memory', () => {
  const key = randomBytes(32);
  return { box: memorySecretBox(key), again: () => memorySecretBox(key), stranger: () => memorySecretBox() };
});

secretBoxContract('key file', (t) => {
  const directory = freshDirectory(t);
  const at = (name: string) => keyFileSecretBox(join(directory, name));
  return { box: at('one.key'), again: () => at('one.key'), stranger: () => at('other.key') };
});

function freshDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-key-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const value = new TextEncoder().encode('value');

test('STO-9: the key file is made with the first value, for its owner alone', async (t) => {
  const path = join(freshDirectory(t), 'secrets.key');
  const box = keyFileSecretBox(path);
  assert.ok(!existsSync(path));
  await box.seal(value, 'place');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('STO-9: a key file that others may read is refused with the remedy', async (t) => {
  const path = join(freshDirectory(t), 'secrets.key');
  await keyFileSecretBox(path).seal(value, 'place');
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode);
    await assert.rejects(keyFileSecretBox(path).seal(value, 'place'), (error) => {
      assert.ok(error instanceof SecretKeyUnavailable);
      assert.match(error.message, /others may read the key file .*; run chmod 600/);
      return true;
    });
  }
});

test('a key file that is gone is not replaced by opening', async (t) => {
  const path = join(freshDirectory(t), 'secrets.key');
  const sealed = await keyFileSecretBox(path).seal(value, 'place');
  rmSync(path);
  await assert.rejects(keyFileSecretBox(path).open(sealed, 'place'), /missing; restore it from a backup/);
  assert.ok(!existsSync(path));
});

test('a key file without keys is refused', async (t) => {
  const path = join(freshDirectory(t), 'secrets.key');
  for (const text of ['', 'AAAA\n', 'no base64 at all\n']) {
    writeFileSync(path, text, { mode: 0o600 });
    await assert.rejects(keyFileSecretBox(path).seal(value, 'place'), SecretKeyUnavailable);
  }
});

test('a new key above the old one seals from then on, and the old one still opens', async (t) => {
  const path = join(freshDirectory(t), 'secrets.key');
  const before = keyFileSecretBox(path);
  const [sealed, fingerprint] = [await before.seal(value, 'place'), await before.fingerprint(value, 'place')];
  const old = readFileSync(path, 'utf8');
  writeFileSync(path, `${randomBytes(32).toString('base64')}\n${old}`);
  const after = keyFileSecretBox(path);
  assert.deepEqual(await after.open(sealed, 'place'), value);
  assert.equal(await after.fingerprint(value, 'place'), fingerprint);
  await assert.rejects(before.open(await after.seal(value, 'place'), 'place'), SealBroken);
});
