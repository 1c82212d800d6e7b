import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { memorySigningKeys } from '../../lib/adapters/memory/memory-signing-keys.ts';
import { sealedSigningKeys } from '../../lib/adapters/sealed-signing-keys.ts';
import { readSigningKey } from '../../lib/adapters/signing-key.ts';
import { SigningKeyUnavailable } from '../../lib/ports/signing-keys.ts';
import { signingKeysContract } from './signing-keys.contract.ts';

signingKeysContract('memory', () => {
  const held = new Map<string, KeyObject>();
  return { keys: memorySigningKeys(held), again: () => memorySigningKeys(held) };
});

signingKeysContract('sealed in the store', () => {
  const [records, key] = [memoryRecords(), randomBytes(32)];
  const again = () => sealedSigningKeys({ records, box: memorySecretBox(key) });
  return { keys: again(), again };
});

test('STO-9: what is stored of a signing key is sealed, and opens with the key of the box alone', async () => {
  const records = memoryRecords();
  const id = await sealedSigningKeys({ records, box: memorySecretBox() }).make();
  const stored = await records.get<{ sealed: string }>({ partition: 'authority-keys', id });
  assert.match(stored?.record.sealed ?? '', /^v1\./);
  await assert.rejects(sealedSigningKeys({ records, box: memorySecretBox() }).open(id), SigningKeyUnavailable);
});

test('keys that are too weak for an authority, or no keys, are refused without being quoted', () => {
  const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey']): string =>
    key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const weak = [
    pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey),
    pem(generateKeyPairSync('ed25519').privateKey),
    'a text that is no key',
  ];
  for (const key of weak) {
    assert.throws(
      () => readSigningKey('file', key),
      (error) => error instanceof SigningKeyUnavailable && !error.message.includes(key.slice(0, 12)),
    );
  }
});
