import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { validateBootstraps } from '../../tools/support/start-envoy.ts';
import { goldenCases, runCase } from '../support/goldens.ts';
import { cluster, endpoints, listener, route } from '../support/envoy-resources.ts';
import { writeIdentity } from '../support/identity-files.ts';
import { need } from '../support/needs.ts';
import { staticBootstrap } from '../support/static-bootstrap.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testAuthority } from '../support/test-certificates.ts';

const needsEnvoy = await need('envoy');
const stock = goldenCases().filter((golden) => (runCase(golden).node.profile ?? 'envoy') === 'envoy');

/** Where a case says that its proxy has its certificate: Envoy wants the files to be there. */
const IDENTITY_DIR = '/var/lib/pilotless/identity';
const identity = tempDir();
after(() => identity.remove());
writeIdentity(identity.path, testAuthority('golden'), 'spiffe://cluster.local/ns/shop/sa/shop');

const here = (bootstrap: object): object =>
  JSON.parse(JSON.stringify(bootstrap).replaceAll(`"${IDENTITY_DIR}/`, `"${identity.path}/`)) as object;

for (const golden of stock) {
  test(`a real Envoy accepts everything of ${golden.name}`, needsEnvoy, async () => {
    const [complaint] = await validateBootstraps([here(staticBootstrap(runCase(golden).resources))]);
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
