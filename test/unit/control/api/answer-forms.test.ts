import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { answerForm } from '../../../../lib/control/api/answer-form.ts';
import { encodeOpenApiV2 } from '../../../../lib/control/api/openapi-v2-wire.ts';
import { openApiV2 } from '../../../../lib/control/api/openapi-v2.ts';
import { apiCaller } from '../../../support/api-caller.ts';

const collection = '/apis/networking.istio.io/v1/namespaces/default/serviceentries';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

const object = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'db' },
  spec: { hosts: ['a.example.com'], resolution: 'DNS', ports: [{ number: 80, name: 'http' }] },
};

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly object?: { readonly kind: string } }[];
}

const cases: readonly (readonly [string | null, string | undefined])[] = [
  [null, 'object'],
  ['*/*', 'object'],
  ['application/vnd.kubernetes.protobuf,application/json', 'object'],
  [table, 'table'],
  ['application/json;as=Table;v=v9;g=meta.k8s.io, application/json;q=0.9', 'object'],
  ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1beta1', 'metadata'],
  ['application/vnd.kubernetes.protobuf', undefined],
  ['application/json;as=Table;v=v1;g=other.example.com', undefined],
];

for (const [accept, as] of cases) {
  test(`a client that accepts ${accept} gets ${as ?? 'nothing'}`, () => assert.equal(answerForm(accept)?.as, as));
}

test('a table has the columns of its kind, and rows with what was asked to be in them', async () => {
  const { call } = apiCaller();
  await call(`POST ${collection}`, object);
  const ask = async (query: string) => (await call(`GET ${collection}${query}`, undefined, { accept: table })).body;
  const whole = (await ask('')) as unknown as Table & { readonly kind: string };
  assert.equal(whole.kind, 'Table');
  assert.deepEqual(
    whole.columnDefinitions.map(({ name }) => name),
    ['Name', 'Hosts', 'Location', 'Resolution', 'Status', 'Proxies', 'Age'],
  );
  assert.deepEqual(whole.rows[0]?.cells.slice(0, 4), ['db', '["a.example.com"]', '', 'DNS']);
  const inRows = async (query: string) => ((await ask(query)) as unknown as Table).rows[0]?.object?.kind;
  assert.equal(await inRows(''), 'PartialObjectMetadata');
  assert.equal(await inRows('?includeObject=Object'), 'ServiceEntry');
  assert.equal(await inRows('?includeObject=None'), undefined);
  assert.equal(await inRows('/db'), 'PartialObjectMetadata');
  assert.equal((await call(`GET ${collection}`, undefined, { accept: 'image/png' })).status, 406);
});

test('a table shows an object whose status has conditions of another shape than theirs', async () => {
  const { call } = apiCaller();
  await call(`POST ${collection}`, object);
  const merge = { 'content-type': 'application/merge-patch+json' };
  for (const conditions of ['none', {}, [null, 7]]) {
    assert.equal((await call(`PATCH ${collection}/db/status`, { status: { conditions } }, merge)).status, 200);
    const { status, body } = await call(`GET ${collection}`, undefined, { accept: table });
    assert.equal(status, 200, JSON.stringify(conditions));
    assert.deepEqual((body as unknown as Table).rows[0]?.cells.slice(4, 6), ['-', '-']);
  }
});

test('a client that lists by watching is told when it has seen all there was', async () => {
  const { app, call } = apiCaller();
  await call(`POST ${collection}`, object);
  const query = 'watch=true&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true';
  const lines = (await (await app.request(`${collection}?${query}`)).text()).trim().split('\n');
  const events = lines.map(
    (line) => JSON.parse(line) as { type: string; object: { metadata: { annotations?: object } } },
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'BOOKMARK', 'BOOKMARK'],
  );
  assert.deepEqual(events[1]?.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
});

test('discovery in one answer has all kinds of all groups, for those who ask for it', async () => {
  const { call } = apiCaller();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const core = await call('GET /api', undefined, { accept });
  assert.match(core.headers.get('content-type') ?? '', /v=v2;as=APIGroupDiscoveryList$/);
  const groups = await call('GET /apis', undefined, { accept });
  const names = [core, groups].flatMap(({ body }) => (body.items ?? []).map(({ metadata }) => metadata?.['name']));
  const plain = (await call('GET /apis')).body as unknown as { readonly groups: readonly { readonly name: string }[] };
  assert.deepEqual(names, ['', ...plain.groups.map(({ name }) => name)]);
});

/** The part of the format that the document uses, in the notation of protobuf and with the numbers of its definition. */
const definition = `syntax = "proto3";
  message Any { string yaml = 2; }
  message NamedAny { string name = 1; Any value = 2; }
  message Query { string in = 2; string name = 4; string type = 6; }
  message NonBody { Query query = 3; }
  message Parameter { NonBody nonBody = 2; }
  message Item { Parameter parameter = 1; }
  message Operation { string operationId = 5; repeated string consumes = 7; repeated Item parameters = 8; repeated NamedAny extensions = 13; }
  message PathItem { Operation patch = 8; }
  message NamedPath { string name = 1; PathItem value = 2; }
  message Paths { repeated NamedPath path = 2; }
  message Additional { Schema schema = 1; }
  message Type { repeated string value = 1; }
  message Items { repeated Schema schema = 1; }
  message NamedSchema { string name = 1; Schema value = 2; }
  message Schemas { repeated NamedSchema all = 1; }
  message Schema { string description = 4; repeated string required = 19; Additional additional = 21; Type type = 22; Items items = 23; Schemas properties = 25; repeated NamedAny extensions = 31; }
  message Document { string swagger = 1; Paths paths = 8; Schemas definitions = 9; }`;

test('the old description of all kinds says in protobuf what it says in JSON', () => {
  const document = openApiV2();
  const type = protobuf.parse(definition).root.lookupType('Document');
  const read = type.toObject(type.decode(encodeOpenApiV2(document))) as {
    swagger: string;
    paths: {
      path: { name: string; value: { patch: { parameters: unknown[]; extensions: { value: { yaml: string } }[] } } }[];
    };
    definitions: { all: { name: string; value: { properties: { all: { name: string }[] } } }[] };
  };
  assert.equal(read.swagger, '2.0');
  assert.deepEqual(
    read.paths.path.map(({ name }) => name),
    Object.keys(document['paths'] as object),
  );
  const [first] = read.paths.path;
  assert.deepEqual(first?.value.patch.parameters[0], {
    parameter: { nonBody: { query: { name: 'dryRun', in: 'query', type: 'string' } } },
  });
  assert.equal(typeof JSON.parse(first.value.patch.extensions[0]?.value.yaml ?? ''), 'object');
  for (const { name, value } of read.definitions.all) {
    const written = (document['definitions'] as Record<string, { properties: object }>)[name];
    assert.deepEqual(
      value.properties.all.map((each) => each.name),
      Object.keys(written?.properties ?? {}),
      name,
    );
  }
});
