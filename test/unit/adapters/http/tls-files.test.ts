import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { serveHttp } from '../../../../lib/adapters/http/node-server.ts';
import { readTlsFiles, type TlsFiles } from '../../../../lib/adapters/http/tls-files.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { testAuthority } from '../../../support/test-certificates.ts';

const authority = testAuthority('servers');
const [own, other] = [authority.issue('127.0.0.1'), authority.issue('127.0.0.1')];
const files = tempDir({
  'own.pem': own.certificate,
  'own.key': own.key,
  'other.key': other.key,
  'none.pem': 'nothing',
});
const at = (name: string): string => join(files.path, name);
const usual: TlsFiles = { certificate: at('own.pem'), key: at('own.key'), minVersion: 'TLSv1.2' };

test('CPT-3, CPT-4: files that cannot be used are refused with what is wrong', () => {
  for (const [replaced, expected] of [
    [{ key: at('other.key') }, /other\.key does not belong to the first certificate in/],
    [{ certificate: at('none.pem') }, /none\.pem has nothing in PEM/],
    [{ certificate: at('missing.pem') }, /missing\.pem/],
    [{ ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'RC4-SHA-OF-OLD'] }, /RC4-SHA-OF-OLD is no cipher suite/],
  ] as const) {
    assert.throws(() => readTlsFiles({ ...usual, ...replaced }), expected);
  }
  assert.equal(readTlsFiles({ ...usual, ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256'] }).minVersion, 'TLSv1.2');
});

test('CPT-4: nothing older than TLS 1.2 is spoken, and nothing older than 1.3 if that is said', async () => {
  const spoken = async (minVersion: TlsFiles['minVersion'], maxVersion: SecureVersion): Promise<string> => {
    const server = await serveHttp({
      ...{ host: '127.0.0.1', port: 0, handler: async () => new Response('ok'), maxBodyBytes: 1_000 },
      onError: () => undefined,
      tls: { ...usual, minVersion },
    });
    const port = Number(new URL(server.url).port);
    try {
      return await new Promise((resolve) => {
        const client = connect({ host: '127.0.0.1', port, ca: authority.certificate, minVersion: 'TLSv1', maxVersion });
        client.on('secureConnect', () => resolve(client.getProtocol() ?? ''));
        client.on('error', () => resolve('refused'));
        client.on('close', () => resolve('refused'));
        client.once('secureConnect', () => client.end());
      });
    } finally {
      await server.close(100);
    }
  };
  assert.equal(await spoken('TLSv1.2', 'TLSv1.2'), 'TLSv1.2');
  assert.equal(await spoken('TLSv1.2', 'TLSv1.1'), 'refused');
  assert.equal(await spoken('TLSv1.3', 'TLSv1.2'), 'refused');
  assert.equal(await spoken('TLSv1.3', 'TLSv1.3'), 'TLSv1.3');
});

test.after(() => files.remove());
