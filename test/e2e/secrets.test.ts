import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLocal } from '../../functions/local.ts';
import { testPair } from '../support/test-certificates.ts';
import { sidecarNode } from '../support/delivery.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { memorySecretSources } from '../../lib/adapters/memory/memory-secret-sources.ts';
import type { SecretSources } from '../../lib/ports/secret-sources.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const MARKER = 'marker-5551234-that-nobody-may-see';
const LATER = 'later-5551234-that-nobody-may-see';
const NUMBER = 5_551_234;
const pair = testPair({ name: 'shop.example.com' });

/** Every form in which a value could slip out. */
const FORMS = [MARKER, LATER].flatMap((text) => [text, btoa(text), btoa(text).slice(2, -4), encodeURIComponent(text)]);
const KEY_LINES = pair.key.split('\n').slice(1, -2);
const FORBIDDEN = [...FORMS, String(NUMBER), btoa(pair.key), ...KEY_LINES];

const secret = (name: string, values: object, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: values, ...more });

async function startHere(dataDirectory: string, log: string[], secretSources?: SecretSources) {
  const logTo = { write: (line: string) => void log.push(line) };
  return startLocal({
    host: '127.0.0.1',
    port: 0,
    dataDirectory,
    version: 'test',
    logTo,
    logLevel: 'info',
    ...(secretSources && { secretSources }),
  });
}

type Door = (url: string) => Promise<string>;

const api = (line: string, body?: unknown, type = 'application/json'): Door => {
  const [method = 'GET', path = ''] = line.split(' ');
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return async (url) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': type, 'idempotency-key': randomUUID() },
      ...(text !== undefined && { body: text }),
    });
    return `${answer.status} ${[...answer.headers].join()} ${await answer.text()}`;
  };
};

const cli = (args: readonly string[], input = ''): Door => {
  return async (url) => {
    const { stdout, stderr } = await runCli(args, { url, input });
    return `${stdout}${stderr}`;
  };
};

const SECRETS = '/api/v1/namespaces/default/secrets';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const JSON_PATCH = 'application/json-patch+json';

/** Ways in, with the value. */
const waysIn: readonly Door[] = [
  api('POST /v1/apply', secret('applied', { password: MARKER, key: pair.key, cert: pair.certificate })),
  api('POST /v1/apply?dryRun=All', secret('tried', { password: MARKER })),
  api(`POST ${SECRETS}`, secret('posted', { password: MARKER })),
  api(`PUT ${SECRETS}/posted`, secret('posted', { password: LATER })),
  api(`PATCH ${SECRETS}/posted`, { stringData: { more: MARKER } }, MERGE),
  api(`PATCH ${SECRETS}/posted`, { data: { strategic: btoa(MARKER) } }, STRATEGIC),
  api(`PATCH ${SECRETS}/posted`, [{ op: 'add', path: '/data/json', value: btoa(MARKER) }], JSON_PATCH),
  api(`PATCH ${SECRETS}/owned?fieldManager=one`, secret('owned', { password: MARKER }), APPLY),
  api(`PATCH ${SECRETS}/owned?fieldManager=two`, secret('owned', { password: LATER }), APPLY),
  cli(['apply', '-f', '-'], secret('by-cli', { password: MARKER })),
];

/** Ways in that are refused. */
const refusals: readonly Door[] = [
  api('POST /v1/apply', secret('wrong', {}, { stringData: { a: NUMBER } })),
  api('POST /v1/apply', secret('wrong', {}, { stringData: MARKER })),
  api('POST /v1/apply', secret('wrong', {}, { data: { a: `${MARKER}!` } })),
  api('POST /v1/apply', secret('wrong', {}, { data: { a: { b: MARKER } } })),
  api('POST /v1/apply', `${secret('wrong', { a: MARKER }).slice(0, -1)}, "unknown": 1}`),
  api('POST /v1/apply', secret('Wrong Name', { a: MARKER })),
  api('POST /v1/apply', `kind: Secret\nstringData:\n  a: "${MARKER}\n  b: [${MARKER}`),
  api('POST /v1/apply', `kind: Secret\nstringData: {a: ${MARKER}, a: ${MARKER}}\nmetadata: {name: a}\napiVersion: v1`),
  api('POST /v1/apply', secret('wrong', { a: MARKER }, { apiVersion: 'v9' })),
  api(`POST ${SECRETS}`, secret('posted', { a: MARKER })),
  api(`POST ${SECRETS}`, `{"kind": "Secret", "stringData": {"a": "${MARKER}"`),
  api(`PUT ${SECRETS}/elsewhere`, secret('posted', { a: MARKER })),
  api(`PATCH ${SECRETS}/posted`, [{ op: 'test', path: '/data/password', value: btoa(MARKER) }], JSON_PATCH),
  api(`PATCH ${SECRETS}/owned?fieldManager=two`, secret('owned', { password: LATER }), APPLY),
  api(`PATCH ${SECRETS}/posted`, `{"stringData": {"a": "${MARKER}"`, MERGE),
  cli(['apply', '-f', '-'], secret('wrong', {}, { stringData: { a: NUMBER } })),
  cli(['validate', '-f', '-'], secret('wrong', { a: MARKER }, { data: { b: `${MARKER}!` } })),
  cli(['validate', '-f', '-'], secret('fine', { cert: MARKER, key: MARKER })),
];

/** Ways to look. */
const waysOut: readonly Door[] = [
  api(`GET ${SECRETS}`),
  api(`GET ${SECRETS}/applied`),
  api('GET /api/v1/secrets?watch=true&timeoutSeconds=1&resourceVersion=0'),
  api('GET /v1/objects'),
  api('GET /v1/revisions'),
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [api(`GET /v1/revisions/${n}`), api(`GET /v1/revisions/${n}/diff`)]),
  ...['configz', 'mesh', 'authorizationz', 'telemetryz', 'syncz', 'push_status'].map((page) =>
    api(`GET /debug/${page}`),
  ),
  ...['/metrics', '/openapi/v3', '/v1/proxies', '/v1/views', '/v1/analysis', '/'].map((path) => api(`GET ${path}`)),
  api('GET /v1/proxies/client.default'),
  api('GET /v1/proxies/client.default/config-dump'),
  api('POST /v1/proxies/client.default/explain', { url: 'http://a:80/' }),
  cli(['get', 'secrets', '-o', 'yaml']),
  cli(['get', 'secret', 'applied', '-o', 'json']),
  cli(['history']),
  cli(['diff', '--from', '1', '--to', '5']),
  cli(['diff', '-f', '-'], secret('applied', { password: LATER })),
  cli(['analyze']),
  cli(['render', '-f', '-', '--node', '/dev/null'], secret('applied', { password: MARKER })),
  api('POST /v1/revisions/1/rollback'),
  api(`DELETE ${SECRETS}/by-cli`),
];

test('STO-9: no value of a Secret comes out of any door, into a log or onto the disk', async (t) => {
  const directory = tempDir();
  const log: string[] = [];
  const service = await startHere(directory.path, log);
  t.after(async () => {
    await service.stop();
    directory.remove();
  });
  await api('POST /v3/discovery:clusters', { node: sidecarNode })(service.url);
  const said: string[] = [];
  for (const door of [...waysIn, ...refusals, ...waysOut]) said.push(await door(service.url));
  for (const [index, text] of said.slice(0, waysIn.length).entries()) {
    const isConflict = index === 8;
    assert.match(text, isConflict ? /^409 .*conflict with / : /^20[01] |created/, text);
  }
  for (const text of said.slice(waysIn.length, -waysOut.length)) assert.doesNotMatch(text, /^(200|201|5\d\d) /, text);
  assert.match(said.join('\n'), /\[masked\] \(before\)/);
  for (const text of [...said, ...log]) assertSilent(text, text);
  for (const path of filesIn(directory.path)) assertSilent(readFileSync(path).toString('latin1'), path);
});

function assertSilent(text: string, name: string): void {
  for (const forbidden of FORBIDDEN) assert.ok(!text.includes(forbidden), `${forbidden} stands in ${name}`);
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}

test('STO-9: the key of the embedded store lies beside it for its owner alone, and a restart finds it', async (t) => {
  const directory = tempDir();
  t.after(() => directory.remove());
  const first = await startHere(directory.path, []);
  await api('POST /v1/apply', secret('shop', { password: MARKER }))(first.url);
  await first.stop();
  assert.equal(statSync(join(directory.path, 'secrets.key')).mode & 0o777, 0o600);
  const again = await startHere(directory.path, []);
  const answer = await api('POST /v1/apply', secret('shop', { password: MARKER }))(again.url);
  await again.stop();
  assert.match(answer, /unchanged/);
});

test('STO-9: values that Secrets Manager keeps arrive after the upload that names them, and stay inside', async (t) => {
  const directory = tempDir();
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-Ab12Cd';
  const service = await startHere(directory.path, [], memorySecretSources(new Map([[arn, { password: MARKER }]])));
  t.after(async () => {
    await service.stop();
    directory.remove();
  });
  const annotations = { 'pilotless.dev/secrets-manager-arn': arn };
  await api('POST /v1/apply', secret('shop', {}, { metadata: { name: 'shop', annotations } }))(service.url);
  const look = api(`GET ${SECRETS}/shop`);
  const isThere = async (): Promise<boolean> => /"password":"W21hc2tlZF0="[^]*"Fetched"/.test(await look(service.url));
  await waitUntil(isThere, { what: 'the value that is kept elsewhere', timeoutMs: 20_000 });
  assert.match(await api('GET /v1/revisions')(service.url), /"writer":"pilotless\/secret-sources"/);
  for (const path of filesIn(directory.path)) assertSilent(readFileSync(path).toString('latin1'), path);
});
