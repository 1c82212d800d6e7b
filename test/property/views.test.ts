import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../lib/base/hashing.ts';
import { buildResources } from '../../lib/control/build/build-snapshot.ts';
import type { ProxyFacts } from '../../lib/view/proxy-facts.ts';
import type { ViewFacts } from '../../lib/view/proxy-view.ts';
import { NO_ADDRESS } from '../../lib/view/sidecar-facts.ts';
import { viewFacts, viewKey } from '../../lib/view/view-facts.ts';
import { buildWorld, type World } from '../../lib/world/world.ts';
import { arbitraryViewWorld, similarNodes } from '../support/arbitrary-views.ts';
import { proxyFacts } from '../support/proxy-facts.ts';

/** What a proxy is given when nothing is left out of its facts that a stage can read at all. */
function direct(world: World, proxy: ProxyFacts): string {
  const { labels, locality, clusterId } = proxy;
  const whole: ViewFacts = { ...viewFacts(world, proxy), locality, clusterId, selectedLabels: labels };
  return canonicalJson(buildResources(world, { ...whole, hasLabels: Object.keys(labels).length > 0 }).value);
}

type Keyed = (facts: ViewFacts) => ViewFacts;

/** VIEW-3 over views whose keys are made of what `keyed` leaves of the facts. */
const sharedViewsAgree = (keyed: Keyed) =>
  fc.property(arbitraryViewWorld, similarNodes, (documents, nodes) => {
    const world = buildWorld(documents).value;
    const [one, two] = [proxyFacts(nodes[0]), proxyFacts(nodes[1])];
    const keyOf = (proxy: ProxyFacts) => viewKey(keyed(viewFacts(world, proxy)));
    if (keyOf(one) === keyOf(two)) assert.equal(direct(world, one), direct(world, two));
  });

test('VIEW-3: two proxies of one view are given the same when each is built for alone, whatever else differs', () => {
  fc.assert(
    sharedViewsAgree((facts) => facts),
    { numRuns: 1000 }, // two similar proxies, and a document that looks at what differs, meet in few of the worlds
  );
});

/** A key without each of the facts that only some worlds look at, or that is drawn from others. */
const FORGETFUL: Readonly<Record<string, Keyed>> = {
  locality: (facts) => ({ ...facts, locality: { region: '', zone: '', subzone: '' } }),
  'cluster id': (facts) => ({ ...facts, clusterId: '' }),
  labels: (facts) => ({ ...facts, selectedLabels: {} }),
  namespace: (facts) => ({ ...facts, namespace: '' }),
  'network view': (facts) => ({ ...facts, networkView: [] }),
  sidecar: (facts) => ({ ...facts, sidecar: '' }),
  'own address': (facts) => ({ ...facts, ownAddress: NO_ADDRESS }),
  'own ports': (facts) => ({ ...facts, ownPorts: [] }),
  'family of addresses': (facts) => ({ ...facts, ipFamily: 'v4' }),
  'DNS domain': (facts) => ({ ...facts, dnsDomain: '' }),
};

for (const [fact, forget] of Object.entries(FORGETFUL)) {
  test(`VIEW-3: a view key that forgot the ${fact} would be found out`, () => {
    const { failed } = fc.check(sharedViewsAgree(forget), { seed: 1, numRuns: 10_000, endOnFailure: true });
    assert.ok(failed);
  });
}

test('VIEW-2: id, service account, version and network split no view that nobody asks for them', () => {
  fc.assert(
    fc.property(
      arbitraryViewWorld,
      similarNodes,
      (documents, [node, { id = '', serviceAccount = '', network, metadata }]) => {
        const world = buildWorld(documents).value;
        const changed = { ...proxyFacts(node), id, serviceAccount, istioVersion: String(metadata?.['ISTIO_VERSION']) };
        const key = (proxy: ProxyFacts) => viewKey(viewFacts(world, proxy));
        assert.equal(key(changed), key(proxyFacts(node)));
        if (world.selectedLabels.has('topology.istio.io/network')) return;
        const elsewhere = proxyFacts({ ...node, ...(network !== undefined && { network }) });
        assert.equal(key(elsewhere), key(proxyFacts(node)));
      },
    ),
  );
});
