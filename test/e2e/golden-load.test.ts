import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateBootstraps } from '../../tools/support/start-envoy.ts';
import { goldenCases, runCase } from '../support/goldens.ts';
import { cluster, endpoints, listener, route } from '../support/envoy-resources.ts';
import { need } from '../support/needs.ts';
import { staticBootstrap } from '../support/static-bootstrap.ts';

const needsEnvoy = await need('envoy');
const stock = goldenCases().filter((golden) => (runCase(golden).node.profile ?? 'envoy') === 'envoy');

for (const golden of stock) {
  test(`a real Envoy accepts everything of ${golden.name}`, needsEnvoy, async () => {
    const [complaint] = await validateBootstraps([staticBootstrap(runCase(golden).resources)]);
    assert.equal(complaint, undefined);
  });
}

const sound = [cluster('a'), endpoints('a', 8080), listener('l', 'r', 18_080), route('r', 'a')];

test(
  'what a proxy polls for is checked as well: routes and endpoints that Envoy refuses are named',
  needsEnvoy,
  async () => {
    const badRoute = { ...route('r', 'a'), body: { name: 'r', virtualHosts: [{ name: 'v', domains: [] }] } };
    const badEndpoint = endpoints('a', 70_000);
    const [nothing, domains, port] = await validateBootstraps([
      staticBootstrap(sound),
      staticBootstrap([...sound.slice(0, 3), badRoute]),
      staticBootstrap([sound[0] ?? badRoute, badEndpoint, ...sound.slice(2)]),
    ]);
    assert.equal(nothing, undefined);
    assert.match(domains ?? '', /VirtualHostValidationError\.Domains/);
    assert.match(port ?? '', /PortValue/);
  },
);
