import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvoyResource } from '../../../lib/envoy/envoy-resource.ts';
import { lineOf } from '../../support/line.ts';

interface Answered {
  readonly virtualHosts: readonly { readonly name: string; readonly routes: readonly object[] }[];
  readonly maxDirectResponseBodySizeBytes?: number;
}

/** The routes of port 80 with one rule that answers by itself. */
function answering(directResponse: string): Answered {
  const { resources } = lineOf(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: a }
spec: { hosts: [a.test], ports: [{ name: http, number: 80, protocol: HTTP }], resolution: DNS }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a }
spec: { hosts: [a.test], http: [{ directResponse: ${directResponse} }] }
`);
  const found = resources.find(({ type, name }: EnvoyResource) => type === 'routes' && name === '80');
  assert.ok(found);
  return found.body as unknown as Answered;
}

test('RT-15: an answer has its status and the body that was written, as text, as bytes or not at all', () => {
  for (const [written, encoded] of [
    ['{ status: 503 }', { status: 503 }],
    ['{ status: 200, body: { string: hello } }', { status: 200, body: { inlineString: 'hello' } }],
    ['{ status: 200, body: { bytes: aGVsbG8= } }', { status: 200, body: { inlineBytes: 'aGVsbG8=' } }],
  ] as const) {
    const host = answering(written).virtualHosts.find(({ name }) => name === 'a.test:80');
    assert.deepEqual(
      host?.routes.map((route) => ('directResponse' in route ? route.directResponse : undefined)),
      [encoded],
    );
  }
});

test('RT-15: Envoy takes as long a body as a document may carry', () => {
  assert.equal(answering('{ status: 200 }').maxDirectResponseBodySizeBytes, 1024 * 1024);
});
