import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apiCaller } from '../../support/api-caller.ts';
import { virtualService } from '../../support/apply.ts';

const collection = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
const good = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'a' },
  spec: { hosts: ['a'] },
};

/** Texts that people, broken tools and attackers send. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.json().map((json) => `${virtualService('a')}\n  ${json}: ${json}`),
  fc.constantFrom(
    '[',
    '{"a":',
    '&a [*a]',
    '!!js/function x',
    '- - - -',
    '\u0000',
    '%YAML 9.9\n---\na',
    '{{',
    '1e999',
    '<<: 1',
  ),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 1, max: 3_000 }).map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
  fc.integer({ min: 2, max: 12 }).map((levels) => {
    const lines = Array.from(
      { length: levels },
      (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(index > 0 ? 9 : 0)}1]`,
    );
    return lines.join('\n');
  }),
);

const target = fc.constantFrom(
  'POST /v1/apply',
  `POST ${collection}`,
  `PUT ${collection}/a`,
  `PATCH ${collection}/a`,
  `PUT ${collection}/a/status`,
  `DELETE ${collection}/a`,
);
const mediaType = fc.constantFrom(
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
);

test('FLT-3: whatever is sent is answered with less than 500 and leaves a store that works', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(target, text, mediaType), { maxLength: 4 }), async (requests) => {
      const { app, call } = apiCaller();
      await call(`POST ${collection}`, good);
      for (const [line, body, type] of requests) {
        const [method = '', path = ''] = line.split(' ');
        const response = await app.request(path, { method, body, headers: { 'content-type': type } });
        assert.ok(response.status < 500, `${line}: ${response.status} ${await response.text()}`);
      }
      assert.equal((await call('GET /v1/revisions')).status, 200);
      assert.equal((await call(`GET ${collection}`)).status, 200);
      assert.equal((await call('POST /v1/apply', virtualService('still-works'))).status, 200);
    }),
    { numRuns: 150 },
  );
});

test('FLT-3: queries of any text are answered with less than 500', async () => {
  const name = fc.constantFrom(
    'labelSelector',
    'fieldSelector',
    'limit',
    'continue',
    'resourceVersion',
    'dryRun',
    'prune',
    'expectRevision',
    'before',
    'from',
  );
  const path = fc.constantFrom('GET /v1/revisions', `GET ${collection}`, 'GET /v1/revisions/1/diff', 'POST /v1/apply');
  await fc.assert(
    fc.asyncProperty(path, name, fc.string({ unit: 'binary' }), async (line, parameter, value) => {
      const query = new URLSearchParams({ [parameter]: value });
      const { status } = await apiCaller().call(
        `${line}?${query.toString()}`,
        line.startsWith('POST') ? virtualService('a') : undefined,
      );
      assert.ok(status < 500, `${line} ${parameter}=${value}: ${status}`);
    }),
    { numRuns: 150 },
  );
});
