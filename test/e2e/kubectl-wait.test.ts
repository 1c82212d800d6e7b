import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { startEnvoy } from '../../tools/support/start-envoy.ts';
import { kubectlFor } from '../support/kubectl.ts';
import { backend, bootstrapFor, callAs, startService } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { twoVersions } from '../support/two-versions.ts';

const HOST = 'reviews.default.svc.cluster.local';

for (const name of ['kubectl', 'kubectl-old'] as const) {
  const needs = await need('envoy', name);
  test(
    `ST-9: a real ${name} waits until a real Envoy has taken what was applied, and then it serves that`,
    needs,
    async (t) => {
      const [v1, v2] = [await backend('v1'), await backend('v2')];
      const service = await startService();
      const kubectl = await kubectlFor(await fetchedProgram(name), service.url);
      const envoy = await startEnvoy({ bootstrap: bootstrapFor(service.url) });
      t.after(async () => {
        await envoy.stop();
        kubectl.remove();
        await service.stop();
        await Promise.all([v1, v2].map((server) => server.stop()));
      });
      const ok = async (args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await kubectl.run(args);
        assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stdout}${stderr}`);
        return stdout;
      };
      const port = await freePort();
      for (const [weightOfV2, served] of [
        [0, 'v1'],
        [100, 'v2'],
      ] as const) {
        const mesh = twoVersions({ port, v1: v1.port, v2: v2.port, weightOfV2 });
        await ok(['apply', '-f', kubectl.file('mesh.yaml', mesh)]);
        const waited = await ok(['wait', '--for=condition=Programmed', 'virtualservice/reviews', '--timeout=60s']);
        assert.equal(waited, 'virtualservice.networking.istio.io/reviews condition met\n');
        assert.equal((await callAs(HOST, port)).body, served);
      }
    },
  );
}
