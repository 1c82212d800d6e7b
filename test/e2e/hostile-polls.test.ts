import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { LocalService } from '../../functions/local.ts';
import { serviceEntry, sidecarNode } from '../support/delivery.ts';
import { apply, poll, startService } from '../support/local-mesh.ts';

const PATHS = [
  ...['clusters', 'endpoints', 'routes', 'runtime'].flatMap((type) => [`discovery:${type}`, `delta:${type}`]),
  ...['delta', 'delta:', 'delta:nonsense', 'discovery', 'discovery:%E0%A4%A', 'delta/clusters'],
];
const FIELDS = [
  ...['node', 'requests', 'type_url', 'typeUrl', 'version_info', 'resource_names', 'response_nonce', 'error_detail'],
  ...['resource_names_subscribe', 'resourceNamesUnsubscribe', 'initial_resource_versions', '__proto__', 'constructor'],
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(sidecarNode, [sidecarNode], '*', ['*'], [], {}, null, -0, '\u0000', '\ud800'),
  fc.constantFrom(`${'0'.repeat(64)}-${'0'.repeat(64)}`, { a: 1 }, { '*': '' }, [{ type_url: 'x' }], {
    id: sidecarNode.id,
  }),
);

/** A request that is nearly right: the proxy's node, and fields of the protocol with anything in them. */
const nearly = fc
  .tuple(fc.dictionary(fc.constantFrom(...FIELDS), value, { noNullPrototype: true }), fc.boolean())
  .map(([fields, isProxy]) => JSON.stringify(isProxy ? { ...fields, node: sidecarNode } : fields));
/** One with some characters lost, doubled or replaced. */
const broken = fc
  .tuple(nearly, fc.nat(500), fc.nat(20), fc.string({ maxLength: 10 }))
  .map(([text, at, lost, put]) => text.slice(0, at) + put + text.slice(at + lost));
const body = fc.oneof(
  nearly,
  broken,
  fc.string(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

describe('polls that mean no good', () => {
  let service: LocalService;
  before(async () => {
    service = await startService();
    await apply(service.url, serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  });
  after(() => service.stop());

  const send = (path: string, text: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(`${service.url}/v3/${path}`, { method: 'POST', body: text });

  test('FLT-3: no body and no path is answered with a 5xx, a 200 without the marker, or an error that says nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), body, async (path, text) => {
        const answer = await send(path, text);
        const said = await answer.text();
        assert.ok([200, 304, 400, 404, 409].includes(answer.status), `${answer.status} ${said}`);
        assert.equal(answer.headers.get('x-pilotless'), answer.status === 200 ? '1' : null);
        if (answer.status === 304) assert.equal(said, '');
        else JSON.parse(said);
        if (answer.status >= 400) assert.match(said, /^\{"code":"[A-Z_]+","message":"[^"]+/);
      }),
      { numRuns: 600 },
    );
    assert.equal((await poll(service.url)).status, 200, 'others are served as before');
  });

  for (const [title, path, text, status] of [
    ['a poll of 2 MB', 'discovery:clusters', `{"node":"${'x'.repeat(2 * 1024 * 1024)}"}`, 413],
    ['a delta poll of 5 MB', 'delta:clusters', `{"node":"${'x'.repeat(5 * 1024 * 1024)}"}`, 413],
    ['a delta poll of many of 5 MB', 'delta', `{"node":"${'x'.repeat(5 * 1024 * 1024)}"}`, 413],
    ['arrays 200,000 deep', 'delta:clusters', `{"node":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 400],
    ['objects 100,000 deep', 'discovery:clusters', `{"node":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 400],
    [
      'deep metadata',
      'delta:clusters',
      `{"node":{"id":"${sidecarNode.id}","metadata":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`,
      400,
    ],
    [
      'a node of 100 KB',
      'delta:clusters',
      JSON.stringify({ node: { ...sidecarNode, metadata: { x: 'x'.repeat(100_000) } } }),
      400,
    ],
    [
      '1,001 names',
      'discovery:endpoints',
      JSON.stringify({ node: sidecarNode, resource_names: Array.from({ length: 1_001 }, (_, index) => `n-${index}`) }),
      400,
    ],
    [
      '20,001 names',
      'delta:endpoints',
      JSON.stringify({
        node: sidecarNode,
        resource_names_subscribe: Array.from({ length: 20_001 }, (_, index) => `n-${index}`),
      }),
      400,
    ],
  ] as const) {
    test(`DLV-7: ${title} is answered with ${status}`, async () => {
      const answer = await send(path, text);
      assert.equal(answer.status, status);
      assert.match(await answer.text(), /^\{"code":"(POLL_TOO_LARGE|MALFORMED_POLL|MALFORMED_NODE)"/);
    });
  }

  test('DLV-7: 20,000 names that nobody has are answered without an error', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n-${index}`);
    const claims = Object.fromEntries(names.map((name) => [name, 'x']));
    const request = { node: sidecarNode, resource_names_subscribe: names, initial_resource_versions: claims };
    const answer = await send('delta:endpoints', JSON.stringify(request));
    assert.equal(answer.status, 200);
    const { removed_resources } = (await answer.json()) as { removed_resources: readonly string[] };
    assert.equal(removed_resources.length, 20_000);
  });
});
