import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { callsOf, goldenCases, runCase, type GoldenCase } from '../support/goldens.ts';
import { type LoopbackProxy, startLoopbackProxy } from '../support/loopback-proxy.ts';
import { need } from '../support/needs.ts';
import { assertShare } from '../support/share.ts';
import type { Call } from '../../lib/explain/request.ts';
import type { Outcome } from '../../lib/explain/call-outcome.ts';
import { evaluateCall } from '../support/traffic.ts';

/** Requests by which a split is judged: enough for a cluster of one in ten to be missed once in a billion runs. */
const DRAWS = 200;
const AT_ONCE = 20;

const needsEnvoy = await need('envoy');
const asked = goldenCases().filter(
  (golden) => callsOf(golden).length > 0 && (runCase(golden).node.profile ?? 'envoy') === 'envoy',
);
/** A proxy that ends TLS itself does not listen before it has certificates; nobody hands them out here. */
const endsTls = (golden: GoldenCase): boolean =>
  runCase(golden).ir.listeners.some(({ chains }) => chains.some(({ tls }) => tls !== undefined));

for (const golden of asked) {
  const needs = endsTls(golden) ? { skip: 'the proxy ends TLS itself, and no certificates come' } : needsEnvoy;
  describe(`calls of ${golden.name} through a real Envoy`, needs, () => {
    let proxy: LoopbackProxy;
    before(async () => {
      proxy = await startLoopbackProxy(runCase(golden).resources);
    });
    after(() => proxy.stop());

    for (const { call, simulated } of simulatedCalls(golden)) {
      const { clusters, mirrors = {}, ...single } = simulated;
      test(`${call.call} ${JSON.stringify(call.headers ?? {})}`, async () => {
        if (clusters !== undefined) await assertSplit(proxy, call, { clusters, ...single });
        else assert.deepEqual(await proxy.observe(call), single);
        await proxy.assertCopies(mirrors);
      });
    }
  });
}

/** The calls of a case and what the decisions say becomes of them; `golden/traffic.test.ts` holds that to `calls.yaml`. */
function simulatedCalls(golden: GoldenCase): readonly { readonly call: Call; readonly simulated: Outcome }[] {
  const { ir } = runCase(golden);
  return callsOf(golden).map(({ call, headers, to, direction }) => {
    const request = { call, ...(headers && { headers }), ...(to && { to }), ...(direction && { direction }) };
    return { call: request, simulated: evaluateCall(ir, request) };
  });
}

type Split = Outcome & { readonly clusters: Readonly<Record<string, number>> };

/** Every request goes to one of the clusters, and each of them gets its share. */
async function assertSplit(proxy: LoopbackProxy, call: Call, { clusters, ...shared }: Split): Promise<void> {
  const counts = new Map(Object.keys(clusters).map((cluster) => [cluster, 0]));
  for (let draws = 0; draws < DRAWS; draws += AT_ONCE) {
    const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, () => proxy.observe(call)));
    for (const { cluster = '', ...rest } of outcomes) {
      assert.deepEqual(rest, shared);
      const count = counts.get(cluster);
      assert.ok(count !== undefined, `${cluster} has no share in ${call.call}`);
      counts.set(cluster, count + 1);
    }
  }
  const total = Object.values(clusters).reduce((sum, weight) => sum + weight, 0);
  for (const [cluster, weight] of Object.entries(clusters)) {
    const count = counts.get(cluster) ?? 0;
    assert.ok(count > 0, `${cluster}: none of ${DRAWS} requests`);
    assertShare(count, { of: DRAWS, share: weight / total, what: cluster });
  }
}
