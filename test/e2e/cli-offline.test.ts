import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { documents, virtualService } from '../support/apply.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const serviceEntry = [
  'apiVersion: networking.istio.io/v1',
  'kind: ServiceEntry',
  'metadata: {name: reviews}',
  'spec: {hosts: [reviews.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC,',
  '  location: MESH_INTERNAL, endpoints: [{address: 10.0.0.9}]}',
].join('\n');
const node = { id: 'app', type: 'sidecar', namespace: 'default', ips: ['10.0.0.1'] };

test('validate prints each error as file:document: kind/namespace/name: path: message, and exits with 1', async (t) => {
  const dir = tempDir({
    'ok.yaml': virtualService('a'),
    'bad.yaml': documents(
      '# a comment alone is no document',
      virtualService('b'),
      'apiVersion: v1\nkind: X\nmetadata: {name: x}',
    ),
  });
  t.after(dir.remove);
  const [ok, bad] = [join(dir.path, 'ok.yaml'), join(dir.path, 'bad.yaml')];
  const fine = await runCli(['validate', '-f', ok]);
  assert.deepEqual([fine.code, fine.stdout], [0, '']);
  const wrong = await runCli(['validate', '-f', ok, bad]);
  assert.equal(wrong.code, 1);
  assert.ok(wrong.stdout.startsWith(`${bad}:2: X/default/x: kind: `), wrong.stdout);
  assert.equal(wrong.stdout.trim().split('\n').length, 1);
});

test('validate --cases answers one line per case, in order, whatever the lines are', async () => {
  const good = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', spec: { hosts: ['a.com'] } };
  const input = [
    JSON.stringify({
      name: 'one',
      object: {
        ...good,
        spec: { ...good.spec, resolution: 'DNS', ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
      },
    }),
    '{ no json',
    JSON.stringify({ name: 'three', object: { ...good, kind: 'Nothing' } }),
    '',
  ].join('\n');
  const { code, stdout } = await runCli(['validate', '--cases', '-'], { input });
  assert.equal(code, 1);
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; valid: boolean; errors: string[] });
  assert.deepEqual(
    results.map(({ name, valid }) => [name, valid]),
    [
      ['one', true],
      ['', false],
      ['three', false],
    ],
  );
  assert.match(results[2]?.errors[0] ?? '', /unknown kind "Nothing"/);
});

test('render prints the lists of resources that a proxy would receive, by name', async (t) => {
  const dir = tempDir({ 'in.yaml': serviceEntry, 'node.json': JSON.stringify(node) });
  t.after(dir.remove);
  const { code, stdout } = await runCli([
    'render',
    '-f',
    join(dir.path, 'in.yaml'),
    '--node',
    join(dir.path, 'node.json'),
  ]);
  assert.equal(code, 0);
  const rendered = JSON.parse(stdout) as Record<string, { name: string }[]>;
  assert.deepEqual(Object.keys(rendered).sort(), [
    'clusters',
    'endpoints',
    'extensionConfigs',
    'listeners',
    'routes',
    'secrets',
  ]);
  const names = rendered['clusters']?.map(({ name }) => name) ?? [];
  assert.ok(names.includes('outbound|80||reviews.example.com'), names.join());
  assert.deepEqual(names, [...names].sort());
});

/** Valid, and not carried out yet. */
const notYet = [
  'apiVersion: pilotless.dev/v1',
  'kind: Mesh',
  'metadata: {name: default}',
  "spec: {meshConfig: {configSources: [{address: 'fs:///etc/mesh'}]}}",
].join('\n');

test('render warns of what apply refuses, and renders the rest', async (t) => {
  const dir = tempDir({ 'in.yaml': documents(serviceEntry, notYet), 'node.json': JSON.stringify(node) });
  t.after(dir.remove);
  const [input, proxy] = [join(dir.path, 'in.yaml'), join(dir.path, 'node.json')];
  const { code, stdout, stderr } = await runCli(['render', '-f', input, '--node', proxy]);
  assert.equal(code, 0);
  const path = 'spec.meshConfig.configSources';
  assert.ok(stderr.startsWith(`${input}:2: Mesh/default: ${path}: warning: further sources of documents `), stderr);
  assert.match(stderr, /\(apply refuses it\)\n$/);
  assert.match(stdout, /"outbound\|80\|\|reviews\.example\.com"/);
});

test('validate --cases judges by the rules of the kinds alone, whatever is carried out yet', async () => {
  const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'a' } };
  const spec = { hosts: ['a.com'], tcp: [{ route: [{ destination: { host: 'a.com' } }] }] };
  const input = JSON.stringify({ name: 'tcp', object: { ...object, spec } });
  const { code, stdout } = await runCli(['validate', '--cases', '-'], { input });
  assert.deepEqual(JSON.parse(stdout), { name: 'tcp', valid: true, errors: [], warnings: [] });
  assert.equal(code, 0);
});

test('render --cases answers one line per case; one that fails or has unknown kinds does not stop the rest', async () => {
  const line = (name: string, parts: object) => JSON.stringify({ name, configs: serviceEntry, proxy: node, ...parts });
  const input = [
    line('plain', {}),
    line('unsupported', { configs: documents(serviceEntry, 'apiVersion: x.io/v1\nkind: Y\nmetadata: {name: y}') }),
    line('no-proxy', { proxy: undefined }),
    line('breaks-rules', {
      configs: `${virtualService('v')}\n  exportTo: ["*", "*"]`,
      mesh: 'accessLogFile: /dev/stdout',
    }),
  ].join('\n');
  const { code, stdout } = await runCli(['render', '--cases', '-', '--profile', 'istio-proxy'], { input });
  assert.equal(code, 0);
  const results = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as { name: string; resources?: object; errors?: string[] });
  assert.deepEqual(
    results.map(({ name, resources, errors }) => [name, resources !== undefined, errors !== undefined]),
    [
      ['plain', true, false],
      ['unsupported', true, true],
      ['no-proxy', false, true],
      ['breaks-rules', true, false],
    ],
  );
  assert.match(results[1]?.errors?.[0] ?? '', /^configs 2: Y\/default\/y: kind: unknown kind/);
});
