import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import type { ProgramName } from '../../tools/fetch/programs.ts';
import { testPair } from '../support/test-certificates.ts';
import { kubectlFor } from '../support/kubectl.ts';
import { startService } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';

const programs: readonly ProgramName[] = ['kubectl', 'kubectl-old'];

for (const name of programs) {
  const needs = await need(name);
  describe(`secrets by a real ${name}`, needs, () => secretsBy(name));
}

const pair = testPair({ name: 'shop.example.com' });

const secretText = (values: object, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'shop', ...metadata },
    type: 'Opaque',
    stringData: values,
  });

function secretsBy(name: ProgramName): void {
  async function setUp(t: TestContext) {
    const service = await startService();
    const kubectl = await kubectlFor(await fetchedProgram(name), service.url);
    t.after(async () => {
      kubectl.remove();
      await service.stop();
    });
    const ok = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await kubectl.run(args);
      assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stdout}${stderr}`);
      assert.ok(!`${stdout}${stderr}`.includes(pair.key.split('\n')[1] ?? '') && !stdout.includes('hunter2'), stdout);
      return stdout;
    };
    const revision = async (): Promise<number> => {
      const answer = (await (await fetch(`${service.url}/v1/revisions?limit=1`)).json()) as {
        readonly revisions: readonly { readonly revision: number }[];
      };
      return answer.revisions[0]?.revision ?? 0;
    };
    return { ...kubectl, ok, revision };
  }

  test('STO-9: create secret and create configmap make them, get and describe show no value', async (t) => {
    const { ok, file } = await setUp(t);
    const [cert, key] = [file('tls.crt', pair.certificate), file('tls.key', pair.key)];
    assert.equal(
      await ok('create', 'secret', 'tls', 'shop', `--cert=${cert}`, `--key=${key}`),
      'secret/shop created\n',
    );
    await ok('create', 'secret', 'generic', 'login', '--from-literal=password=hunter2', '--from-literal=user=x');
    await ok('create', 'configmap', 'authorities', `--from-file=ca.crt=${cert}`);
    const listed = await ok('get', 'secrets');
    assert.match(listed, /^NAME +TYPE +DATA +STATUS +PROXIES +AGE\nlogin +Opaque +2 .*\nshop +kubernetes\.io\/tls +2 /);
    assert.equal(await ok('get', 'secret', 'login', '-o', 'jsonpath={.data.password}'), btoa('[masked]'));
    assert.match(await ok('get', 'secret', 'shop', '-o', 'yaml'), /\n {2}tls\.key: W21hc2tlZF0=\n/);
    assert.match(await ok('describe', 'secret', 'shop'), /Type: +kubernetes\.io\/tls[^]*tls\.key: +8 bytes/);
    assert.match(await ok('get', 'cm'), /^NAME +DATA +.*\nauthorities +1 /);
    assert.equal(await ok('get', 'cm', 'authorities', '-o', 'jsonpath={.data.ca\\.crt}'), pair.certificate);
    assert.equal(await ok('delete', 'secret', 'shop').then((said) => said.slice(0, 21)), 'secret "shop" deleted');
  });

  test('STO-9: apply again, edit and replace keep what nobody may see', async (t) => {
    const { ok, file, revision } = await setUp(t);
    const path = file('shop.json', secretText({ password: 'hunter2' }));
    await ok('apply', '-f', path);
    assert.equal(await revision(), 1);
    await ok('apply', '-f', path);
    assert.equal(await revision(), 1);
    await ok('label', 'secret', 'shop', 'team=x');
    file('shop.json', await ok('get', 'secret', 'shop', '-o', 'json'));
    await ok('replace', '-f', path);
    // The stored value is still the one of the file: uploading it again changes nothing.
    file('shop.json', secretText({ password: 'hunter2' }, { labels: { team: 'x' } }));
    await ok('apply', '-f', path);
    assert.equal(await ok('get', 'secret', 'shop', '-o', 'jsonpath={.metadata.generation}'), '1');
    file('shop.json', secretText({ password: 'another' }, { labels: { team: 'x' } }));
    await ok('apply', '-f', path);
    assert.equal(await ok('get', 'secret', 'shop', '-o', 'jsonpath={.metadata.generation}'), '2');
  });

  test('STO-9: a server-side apply finds by value who says what, and shows none', async (t) => {
    const { ok, run, file } = await setUp(t);
    const apply = (manager: string) => ['apply', '--server-side', `--field-manager=${manager}`, '-f', path];
    const path = file('shop.json', secretText({ password: 'hunter2' }));
    await ok(...apply('one'));
    await ok(...apply('two'));
    file('shop.json', secretText({ password: 'another' }));
    const refused = await run(apply('two'));
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /conflict with "one"[^]*\.data\.password/);
    assert.ok(!refused.stderr.includes('another'));
    await ok(...apply('two'), '--force-conflicts');
    await ok(...apply('two'));
  });
}
