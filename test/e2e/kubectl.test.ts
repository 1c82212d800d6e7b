import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { helmBeside } from '../../tools/fetch/kubectl.ts';
import type { ProgramName } from '../../tools/fetch/programs.ts';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { documents, virtualService } from '../support/apply.ts';
import { type Kubectl, kubectlFor, runProgramWith } from '../support/kubectl.ts';
import { startService } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';

const programs: readonly ProgramName[] = ['kubectl', 'kubectl-old'];

for (const name of programs) {
  const needs = await need(name);
  describe(`a real ${name}`, needs, () => worksWithNoCluster(name));
}

const isOld = (name: ProgramName): boolean => name === 'kubectl-old';

const web = (ports: readonly number[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { ports: ports.map((port) => ({ port, name: `http-${port}` })) },
  });

/** An entry with two addresses, as a file of someone's would say it. */
const entry = (hosts: readonly string[], more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'db', ...more },
    spec: { hosts, resolution: 'DNS', ports: [{ number: 443, name: 'tls', protocol: 'TLS' }] },
  });

function worksWithNoCluster(name: ProgramName): void {
  async function setUp(t: TestContext) {
    const service = await startService();
    const kubectl = await kubectlFor(await fetchedProgram(name), service.url);
    t.after(async () => {
      kubectl.remove();
      await service.stop();
    });
    return { ...kubectl, ok: succeeds(kubectl), fails: isRefused(kubectl) };
  }

  test('it finds out what there is: versions, kinds, short names, fields', async (t) => {
    const { ok } = await setUp(t);
    assert.match(await ok(['version']), /v1\.37\.0\+pilotless/);
    const versions = (await ok(['api-versions'])).trim().split('\n');
    assert.ok(['v1', 'networking.istio.io/v1', 'networking.istio.io/v1beta1'].every((each) => versions.includes(each)));
    const kinds = await ok(['api-resources']);
    assert.match(kinds, /^virtualservices +vs +networking\.istio\.io\/v1 +true +VirtualService$/m);
    assert.match(kinds, /^meshes +pilotless\.dev\/v1 +false +Mesh$/m);
    assert.match(
      await ok(['explain', 'vs.spec.http.timeout']),
      /FIELD: +timeout <string>[^]*How long a request may take/,
    );
    assert.match(await ok(['explain', 'svc.metadata.labels']), /FIELD: +labels <map\[string\]string>/);
  });

  test('apply makes objects, changes them, and takes away what a file no longer says', async (t) => {
    const { ok, file } = await setUp(t);
    const path = file('mesh.json', entry(['a.example.com', 'b.example.com'], { labels: { team: 'x' } }));
    const ports = file('web.json', web([80, 81]));
    assert.equal(
      await ok(['apply', '-f', path, '-f', ports]),
      'serviceentry.networking.istio.io/db created\nservice/web created\n',
    );
    assert.match(await ok(['apply', '-f', path]), /db unchanged\n/);
    assert.equal(await ok(['diff', '-f', path, '-f', ports]), '');
    file('mesh.json', entry(['a.example.com']));
    file('web.json', web([81]));
    assert.match(await ok(['apply', '-f', path, '-f', ports]), /db configured\nservice\/web configured\n/);
    assert.equal(await ok(['get', 'se', 'db', '-o', 'jsonpath={.spec.hosts}{.metadata.labels}']), '["a.example.com"]');
    assert.equal(await ok(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}']), '81');
  });

  test('diff and a dry run on the server show what an apply would do, and do nothing', async (t) => {
    const { ok, run, file } = await setUp(t);
    const path = file('web.json', web([80]));
    await ok(['apply', '-f', path]);
    file('web.json', web([80, 81]));
    const diff = await run(['diff', '-f', path]);
    assert.equal(diff.code, 1, diff.stderr);
    const changed = diff.stdout.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    assert.deepEqual(
      changed.filter((line) => !line.includes('last-applied') && !line.includes('{"apiVersion"')),
      ['-  generation: 1', '+  generation: 2', '+  - name: http-81', '+    port: 81'],
    );
    assert.match(await ok(['apply', '-f', path, '--dry-run=server']), /configured \(server dry run\)/);
    assert.match(await ok(['delete', 'svc', 'web', '--dry-run=server']), /deleted.* \(server dry run\)/);
    assert.equal(await ok(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}']), '80');
  });

  test('get prints tables with columns of the kind, and every other form', async (t) => {
    const { ok, run, file } = await setUp(t);
    await ok(['apply', '-f', file('a.json', entry(['a.example.com'], { labels: { team: 'x' } }))]);
    await ok(['apply', '-f', file('b.yaml', documents(virtualService('reviews', { namespace: 'shop' }), web([80])))]);
    const rows = (text: string): readonly string[] => text.trimEnd().split('\n');
    assert.match(
      await ok(['get', 'se']),
      /^NAME +HOSTS +LOCATION +RESOLUTION +STATUS +PROXIES +AGE\ndb +\["a\.example/,
    );
    assert.match(
      await ok(['get', 'svc']),
      /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +STATUS +PROXIES +AGE\nweb /,
    );
    assert.match(rows(await ok(['get', 'svc', '-o', 'wide']))[0] ?? '', /PORT\(S\) +SELECTOR/);
    assert.match(await ok(['get', 'vs', '-A']), /^NAMESPACE +NAME +GATEWAYS +HOSTS .*\nshop +reviews /);
    assert.equal(await ok(['get', 'se,svc', '-o', 'name']), 'serviceentry.networking.istio.io/db\nservice/web\n');
    assert.equal(await ok(['get', 'se', '-l', 'team in (x)', '-o', 'name']), 'serviceentry.networking.istio.io/db\n');
    assert.equal(await ok(['get', 'se', '-l', 'team!=x', '-o', 'name']), '');
    assert.equal(await ok(['get', 'se', '--field-selector', 'metadata.name=nobody', '-o', 'name']), '');
    const document = parse(await ok(['get', 'se', 'db', '-o', 'yaml'])) as { spec: object; metadata: { uid: string } };
    assert.deepEqual((document.spec as { hosts: unknown }).hosts, ['a.example.com']);
    assert.deepEqual(JSON.parse(await ok(['get', 'se', 'db', '-o', 'json'])), document);
    assert.match(await ok(['get', 'se', '--show-labels', '--sort-by=.metadata.name']), /team=x/);
    assert.match(await ok(['describe', 'se', 'db']), /Resolution: +DNS/);
    assert.equal((await run(['get', 'dr'])).stderr, 'No resources found in default namespace.\n');
  });

  test('a list comes page by page', async (t) => {
    const { ok, file } = await setUp(t);
    const names = ['a', 'b', 'c', 'd', 'e'];
    await ok(['apply', '-f', file('many.yaml', documents(...names.map((each) => virtualService(each))))]);
    const listed = await ok(['get', 'vs', '--chunk-size=2', '-o', 'name']);
    assert.equal(listed, names.map((each) => `virtualservice.networking.istio.io/${each}\n`).join(''));
    assert.equal((await ok(['get', 'vs', '--chunk-size=2'])).trimEnd().split('\n').length, 6);
  });

  test('label, annotate, edit, patch, replace, create and delete do what their names say', async (t) => {
    const { ok, fails, file } = await setUp(t);
    const path = file('db.json', entry(['a.example.com']));
    assert.equal(await ok(['create', '-f', path]), 'serviceentry.networking.istio.io/db created\n');
    assert.match(await fails(['create', '-f', path]), /\(AlreadyExists\).* "db" already exists/);
    await ok(['label', 'se', 'db', 'team=x']);
    await ok(['annotate', 'se', 'db', 'note=größer']);
    await ok(['patch', 'se', 'db', '--type=merge', '-p', '{"spec":{"location":"MESH_EXTERNAL"}}']);
    await ok([
      'patch',
      'se',
      'db',
      '--type=json',
      '-p',
      '[{"op":"add","path":"/spec/hosts/-","value":"c.example.com"}]',
    ]);
    const edited = await ok(['edit', 'se', 'db'], { env: { EDITOR: 'sed -i s/c.example.com/d.example.com/' } });
    assert.match(edited, /db edited/);
    const words = '{.metadata.labels.team} {.metadata.annotations.note} {.spec.location} {.spec.hosts[*]}';
    const shown = await ok(['get', 'se', 'db', '-o', `jsonpath=${words}`]);
    assert.equal(shown, 'x größer MESH_EXTERNAL a.example.com d.example.com');
    assert.match(await fails(['patch', 'se', 'db', '-p', '{"spec":{}}']), /accepted media types include/);
    await ok(['replace', '-f', path]);
    assert.equal(await ok(['get', 'se', 'db', '-o', 'jsonpath={.spec.hosts[*]}']), 'a.example.com');
    await ok(['apply', '-f', file('web.json', web([80]))]);
    await ok(['patch', 'svc', 'web', '-p', '{"spec":{"ports":[{"port":81,"name":"http-81"}]}}']);
    assert.equal(await ok(['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}']), '80 81');
    assert.match(await ok(['delete', '-f', path, '--cascade=foreground']), /"db" deleted/);
    assert.match(await fails(['delete', 'se', 'db']), /\(NotFound\).* "db" not found/);
    await ok(['delete', 'svc', '--all']);
    assert.equal(await ok(['get', 'se,svc', '-o', 'name']), '');
  });

  test('a server-side apply takes away what a file no longer says, and refuses what others say', async (t) => {
    const { ok, fails, file } = await setUp(t);
    const path = file('db.json', entry(['a.example.com'], { labels: { team: 'x', note: 'z' } }));
    const apply = ['apply', '--server-side', '-f', path];
    assert.equal(await ok(apply), 'serviceentry.networking.istio.io/db serverside-applied\n');
    file('db.json', entry(['b.example.com'], { labels: { team: 'x' } }));
    await ok(apply);
    const shown = await ok(['get', 'se', 'db', '-o', 'jsonpath={.spec.hosts}{.metadata.labels}']);
    assert.equal(shown, '["b.example.com"]{"team":"x"}');
    file('db.json', entry(['c.example.com']));
    const refused = await fails([...apply, '--field-manager=other']);
    assert.match(refused, /conflict with "kubectl": \.spec\.hosts[^]*--force-conflicts/);
    await ok([...apply, '--field-manager=other', '--force-conflicts']);
    assert.equal(await ok(['get', 'se', 'db', '-o', 'jsonpath={.spec.hosts}']), '["c.example.com"]');
    assert.equal(
      await ok([...apply, '--field-manager=other', '--dry-run=server']),
      `${entryName} serverside-applied (server dry run)\n`,
    );
  });

  test('namespaces exist by use; what is created, labelled and deleted does as its name says', async (t) => {
    const { ok, fails, file } = await setUp(t);
    assert.match(await ok(['get', 'ns']), /^NAME +STATUS +AGE\ndefault +Active /);
    assert.equal(await ok(['create', 'namespace', 'shop']), 'namespace/shop created\n');
    assert.match(await fails(['create', 'ns', 'shop']), /\(AlreadyExists\)/);
    await ok(['label', 'ns', 'shop', 'team=x']);
    await ok(['apply', '-n', 'edge', '-f', file('web.json', web([80]))]);
    assert.equal(await ok(['get', 'ns', '-o', 'name']), 'namespace/default\nnamespace/edge\nnamespace/shop\n');
    assert.equal(await ok(['get', 'ns', '-l', 'team=x', '-o', 'name']), 'namespace/shop\n');
    await ok(['create', 'service', 'clusterip', 'db', '--tcp=5432:15432', '-n', 'edge']);
    const ports = await ok(['get', 'svc', 'db', '-n', 'edge', '-o', 'jsonpath={.spec.ports[0]}']);
    assert.deepEqual(JSON.parse(ports), { name: '5432-15432', port: 5432, protocol: 'TCP', targetPort: 15_432 });
    await ok(['delete', 'ns', 'edge']);
    assert.equal(await ok(['get', 'svc', '-A', '-o', 'name']), '');
    assert.match(await fails(['get', 'ns', 'edge']), /\(NotFound\)/);
  });

  test('what kustomize and helm print is applied as it is', async (t) => {
    const { ok, file, program, run } = await setUp(t);
    file('web.json', web([80]));
    const more = 'resources: [web.json]\nnamespace: shop\nnamePrefix: a-\ncommonLabels: {app: shop}\n';
    const kustomization = file('kustomization.yaml', more);
    const printed = await ok(['kustomize', dirname(kustomization)]);
    assert.equal((await run(['apply', '-f', '-'], { input: printed })).stdout, 'service/a-web created\n');
    if (isOld(name)) return;
    file('chart/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 0.1.0\n');
    file('chart/values.yaml', 'hosts: [a.example.com, b.example.com]\n');
    file('chart/templates/entries.yaml', chartTemplate);
    const home = dirname(kustomization);
    const rendered = await runProgramWith(helmBeside(program), ['template', 'it', `${home}/chart`], {
      env: { HOME: home },
    });
    assert.equal(rendered.code, 0, rendered.stderr);
    const applied = await run(['apply', '-n', 'shop', '-f', '-'], { input: rendered.stdout });
    const made = ['namespace/it', ...[0, 1].map((index) => `serviceentry.networking.istio.io/it-${index}`)];
    assert.equal(applied.stdout, made.map((each) => `${each} created\n`).join(''), applied.stderr);
    const again = await run(['apply', '-n', 'shop', '-f', '-'], { input: rendered.stdout });
    assert.equal(again.stdout, made.map((each) => `${each} unchanged\n`).join(''), again.stderr);
  });

  test('watch shows changes as they happen, and wait waits for them', async (t) => {
    const { ok, file, kubeconfig, program } = await setUp(t);
    await ok(['apply', '-f', file('db.json', entry(['a.example.com']))]);
    const args = ['--kubeconfig', kubeconfig, 'get', 'se', '-w', '--output-watch-events'];
    const watching = startGuarded({ program, args, env: { HOME: dirname(kubeconfig) } });
    t.after(() => watching.stop());
    const shows = (what: RegExp) =>
      waitUntil(async () => what.test(watching.output()), { what: String(what), timeoutMs: 20_000 });
    await shows(/^EVENT +NAME +HOSTS.*\nADDED +db +\["a\.example\.com"\]/m);
    await ok(['patch', 'se', 'db', '--type=merge', '-p', '{"spec":{"hosts":["b.example.com"]}}']);
    await shows(/^MODIFIED +db +\["b\.example\.com"\]/m);
    // The old one calls it a failure to wait for the end of what has ended by then.
    const gone = isOld(name) ? undefined : ok(['wait', '--for=delete', 'se/db', '--timeout=20s']);
    await ok(['delete', 'se', 'db', '--wait']);
    await gone;
    await shows(/^DELETED +db /m);
    assert.equal(watching.output().match(/^EVENT/gm)?.length, 1, 'headings are printed once');
  });

  test('what is refused is said in the words of kubectl, with every reason', async (t) => {
    const { fails, file } = await setUp(t);
    const wrong = file('wrong.json', entry([]).replace('"DNS"', '"GUESS"'));
    const said = await fails(['create', '-f', wrong, '--validate=false']);
    assert.match(said, /The ServiceEntry "db" is invalid:? \n?[^]*spec\.resolution: /);
    assert.match(said, /at least one host/);
    const unknown = file('unknown.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n');
    assert.match(await fails(['apply', '-f', unknown]), /no matches for kind "Deployment" in version "apps\/v1"/);
    const typing = file('typing.json', entry(['a.example.com']).replace('"hosts"', '"hostz"'));
    assert.match(await fails(['apply', '-f', typing]), /unknown field "(spec\.)?hostz"/);
    assert.match(await fails(['get', 'pods']), /the server doesn't have a resource type "pods"/);
    assert.match(await fails(['get', 'se', 'nobody']), /\(NotFound\): serviceentries\.networking\.istio\.io "nobody"/);
    assert.match(await fails(['auth', 'can-i', 'get', 'vs']), /\(NotFound\): unknown type at \/apis\/authorization/);
    assert.match(
      await fails(['get', 'se', '--field-selector', 'spec.hosts=x']),
      /field selector "spec.hosts=x" is not/,
    );
    if (isOld(name)) return;
    assert.match(
      await fails(['patch', 'se', 'nobody', '--subresource=status', '--type=merge', '-p', '{}']),
      /NotFound/,
    );
  });
}

const entryName = 'serviceentry.networking.istio.io/db';

/** With comments, a template that comes to nothing, and a list, as charts have them. */
const chartTemplate = `# What the shop calls.
{{- if .Values.absent }}
apiVersion: apps/v1
kind: Deployment
{{- end }}
---
# only a comment
---
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: List
items:
{{- range $index, $host := .Values.hosts }}
- apiVersion: networking.istio.io/v1
  kind: ServiceEntry
  metadata:
    name: {{ $.Release.Name }}-{{ $index }}
    labels: {app.kubernetes.io/managed-by: {{ $.Release.Service }}}
  spec:
    hosts: [{{ $host }}]
    resolution: DNS
    ports: [{number: 443, name: tls, protocol: TLS}]
{{- end }}
`;

type Run = (args: readonly string[], options?: { readonly env?: object }) => Promise<string>;

const succeeds =
  ({ run }: Kubectl): Run =>
  async (args, options) => {
    const { code, stdout, stderr } = await run(args, options);
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };

const isRefused =
  ({ run }: Kubectl): Run =>
  async (args, options) => {
    const { code, stdout, stderr } = await run(args, options);
    assert.notEqual(code, 0, `kubectl ${args.join(' ')}: ${stdout}`);
    return stderr;
  };
