import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeSealedSecret, encodeSecret, readSealedSecret } from '../../../lib/envoy/secret.ts';
import type { KeptSecret, SecretValueIr } from '../../../lib/ir/secret.ts';

const sealed = (place: string): SecretValueIr => ({ form: 'sealed', box: `box of ${place}`, place });
const opened = (value: SecretValueIr): string => (value.form === 'sealed' ? `opened ${value.place}` : value.base64);

describe('SDS-9: a secret as Envoy reads it', () => {
  const cases: readonly [string, KeptSecret, object][] = [
    [
      'a certificate with its key',
      { name: 'c', part: 'pair', values: { certificate: sealed('crt'), key: sealed('key') } },
      {
        name: 'c',
        tlsCertificate: { certificateChain: { inlineBytes: 'opened crt' }, privateKey: { inlineBytes: 'opened key' } },
      },
    ],
    [
      'and a stapled response',
      {
        name: 'c',
        part: 'pair',
        values: { certificate: sealed('crt'), key: sealed('key'), ocspStaple: sealed('staple') },
      },
      {
        name: 'c',
        tlsCertificate: {
          certificateChain: { inlineBytes: 'opened crt' },
          privateKey: { inlineBytes: 'opened key' },
          ocspStaple: { inlineBytes: 'opened staple' },
        },
      },
    ],
    [
      'authorities',
      { name: 'r', part: 'trust', values: { authorities: { form: 'plain', base64: 'cGxhaW4=' } } },
      { name: 'r', validationContext: { trustedCa: { inlineBytes: 'cGxhaW4=' } } },
    ],
    [
      'and what they revoked',
      { name: 'r', part: 'trust', values: { authorities: sealed('ca'), revocations: sealed('crl') } },
      {
        name: 'r',
        validationContext: { trustedCa: { inlineBytes: 'opened ca' }, crl: { inlineBytes: 'opened crl' } },
      },
    ],
  ];
  for (const [name, secret, expected] of cases) {
    test(name, () => {
      const kept = readSealedSecret({ '@type': 'any', ...encodeSealedSecret(secret) });
      assert.deepEqual(kept, secret);
      assert.deepEqual(encodeSecret(kept, opened), expected);
    });
  }
});
