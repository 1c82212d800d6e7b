import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import type { HttpRoute } from '../../lib/resources/virtual-service-spec.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import {
  arbitraryAnswers,
  arbitraryMoves,
  arbitraryRequest,
  arbitraryVirtualServices,
  servicesOf,
  type ArbitraryRequest,
} from '../support/arbitrary-routes.ts';
import { connectingCall, contestedSockets, listeningNode } from '../support/arbitrary-sockets.ts';
import type { Call } from '../../lib/explain/request.ts';
import { type Line, lineOfResources } from '../support/line.ts';
import { startLoopbackProxy } from '../support/loopback-proxy.ts';
import { need } from '../support/needs.ts';
import { virtualService } from '../support/route-tables.ts';
import type { Outcome } from '../../lib/explain/call-outcome.ts';
import { evaluateCall } from '../support/traffic.ts';

/** Meshes, each in an Envoy of its own, and hosts and calls in each of them. */
const [MESHES, HOSTS, CALLS] = [3, 12, 60];

const needsEnvoy = await need('envoy');

const ownHosts = Array.from({ length: HOSTS }, (_none, index) => `own${index}.y`);
const sharedHosts = ['a.x', 'b.x', 'c.b.x'];
const services = servicesOf([...ownHosts, ...sharedHosts]);

/** Some hosts have rules of their own; some are contested by documents of several namespaces. */
const documents: fc.Arbitrary<readonly Resource[]> = fc
  .tuple(arbitraryVirtualServices, ...ownHosts.map((host) => fc.oneof(arbitraryAnswers, arbitraryMoves(host))))
  .map(([contested, ...rules]: readonly [readonly Resource[], ...(readonly HttpRoute[])[]]) => [
    ...contested,
    ...rules.map((http, index) => virtualService(`own${index}`, { hosts: [`own${index}.y`], http })),
  ]);

const call: fc.Arbitrary<Call> = fc
  .tuple(fc.constantFrom(...ownHosts, ...ownHosts, ...sharedHosts, 'x', 'D.x', 'out.example'), arbitraryRequest)
  .map(([host, request]) => callOf(host, request));

function callOf(host: string, { method, path, query, headers, port }: ArbitraryRequest): Call {
  const search = new URLSearchParams(query).toString();
  return { call: `${method} http://${host}:${port}${path}${search === '' ? '' : `?${search}`}`, headers };
}

test('whatever VirtualServices say, a real Envoy does with calls what the decisions say', needsEnvoy, async () => {
  const calls = fc.array(call, { minLength: CALLS, maxLength: CALLS });
  const law = fc.asyncProperty(documents, calls, (written, sent) => {
    const node = { type: 'sidecar', labels: { app: 'front' } } as const;
    return assertAlike(lineOfResources([...services, ...written], node), sent);
  });
  await fc.assert(law, { numRuns: MESHES, endOnFailure: true });
});

test('whoever wants which socket, a real Envoy gives connections to who the decisions say', needsEnvoy, async () => {
  const calls = fc.array(connectingCall, { minLength: CALLS, maxLength: CALLS });
  const law = fc.asyncProperty(contestedSockets, listeningNode, calls, async (written, node, sent) => {
    const line = lineOfResources(written, { ...node, profile: 'envoy' });
    // A proxy that ends TLS itself waits for certificates before it listens; there are none here.
    fc.pre(line.ir.listeners.every(({ chains }) => chains.every(({ tls }) => tls === undefined)));
    await assertAlike(line, sent);
  });
  await fc.assert(law, { numRuns: MESHES, endOnFailure: true });
});

async function assertAlike({ ir, resources }: Line, calls: readonly Call[]): Promise<void> {
  const proxy = await startLoopbackProxy(resources);
  try {
    for (const each of calls) {
      const observed = await proxy.observe(each);
      assert.deepEqual(observed, afterDraw(evaluateCall(ir, each), ir, observed.cluster), each.call);
    }
  } finally {
    await proxy.stop();
  }
}

/** What is to become of a call once the proxy has drawn a cluster; none is drawn aloud where the lot fell on one that is not there. */
function afterDraw({ clusters, ...simulated }: Outcome, ir: ProxyIr, drawn: string | undefined): Outcome {
  if (clusters === undefined) return simulated;
  if (drawn !== undefined && clusters[drawn] !== undefined) return { ...simulated, cluster: drawn };
  const isEachThere = Object.keys(clusters).every((cluster) => ir.clusters.some(({ name }) => name === cluster));
  if (isEachThere) return { ...simulated, clusters };
  const { host: _host, path: _path, ...reached } = simulated;
  const isRequest = reached.routes !== undefined; // a plain connection is closed without an answer
  return isRequest ? { ...reached, status: 503 } : reached;
}
