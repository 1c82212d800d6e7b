import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inboundListeners } from '../../../lib/compile/inbound-listener.ts';
import type { ListenerIr } from '../../../lib/ir/listener.ts';
import type { MutualTlsMode, ServerModes } from '../../../lib/model/mutual-tls.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';
import { sketch } from '../../support/listener-sketch.ts';
import { portOf, listenedView, serviceOf, summary, type ProxyViewChanges } from '../../support/proxy-view.ts';

const ISTIO: Partial<ViewFacts> = { profile: 'istio-proxy' };
const STOCK: Partial<ViewFacts> = { identityDirectory: '/identity' };
const SOURCE = resourceKey('PeerAuthentication', 'default', 'x');
const MESH_HTTP = 'istio-http/1.0,istio-http/1.1,istio-h2';

const taking = (mode: MutualTlsMode, ports: ServerModes['ports'] = []): ServerModes => ({
  mode,
  ports,
  source: SOURCE,
});
const instanceOf = (port: string, targetPort: number) => ({
  ...{ service: serviceOf('a'), port: portOf(port), targetPort, policy: undefined },
});

function inbound(changes: ProxyViewChanges): readonly ListenerIr[] {
  return inboundListeners(listenedView(changes)).value;
}

/** The chains of one port, `''` for those of every other, without what Istio's Envoy puts first in each. */
function chainsOf(changes: ProxyViewChanges, port: number | ''): readonly string[] {
  const lines = inbound(changes).flatMap((listener) => sketch(listener).slice(1));
  return lines
    .filter((line) => (port === '' ? !line.startsWith(':') : line.startsWith(`:${port} `)))
    .map((line) =>
      line
        .replace('metadata-exchange + ', '')
        .replace(/^:\d+ /, '')
        .replaceAll('inbound|8080||', 'app'),
    );
}

const ofPort = (port: string, mutualTls: ServerModes, facts = ISTIO): readonly string[] =>
  chainsOf({ facts, mutualTls, instances: [instanceOf(port, 8080)] }, 8080);

describe('chains of a port that takes mutual TLS alone', () => {
  const strict = taking('strict');

  test('ITLS-2: HTTP', () => assert.deepEqual(ofPort('80/http', strict), ['tls → tls + http inline app']));

  test('ITLS-3: TCP', () => assert.deepEqual(ofPort('80/tcp', strict), ['tls → tls + tcp app']));

  test('ITLS-4: no protocol', () =>
    assert.deepEqual(ofPort('80', strict), [`tls ${MESH_HTTP} → tls + http inline app`, 'tls → tls + tcp app']));

  test('PA-18: plain text matches no chain of it', () => {
    for (const port of ['80/http', '80/tcp', '80'])
      assert.ok(ofPort(port, strict).every((chain) => chain.startsWith('tls ')));
  });

  test('PROF-3: at a stock Envoy TLS that offers HTTP is read as HTTP, whoever offers it', () => {
    assert.deepEqual(ofPort('80', strict, STOCK), [
      `tls ${MESH_HTTP},h2,http/1.1,http/1.0 → tls + http inline app`,
      'tls → tls + tcp app',
    ]);
    assert.deepEqual(ofPort('80/http', strict, STOCK), ['tls → tls + http inline app']);
  });

  test('ITLS-10: nobody looks for HTTP where there is no plain text', () => {
    const [listener] = inbound({ facts: STOCK, mutualTls: strict, instances: [instanceOf('80', 8080)] });
    assert.deepEqual(
      listener?.inspectors.map(({ type }) => type),
      ['original-destination', 'tls-inspector'],
    );
  });
});

describe('chains of other modes', () => {
  test('ITLS-2 to ITLS-4: of a port that takes plain text alone nothing ends TLS', () => {
    const off = taking('disabled');
    assert.deepEqual(ofPort('80/http', off), ['raw_buffer → http inline app']);
    assert.deepEqual(ofPort('80/tcp', off), ['raw_buffer → tcp app']);
    assert.deepEqual(ofPort('80', off), ['raw_buffer http/1.1,h2c → http inline app', 'raw_buffer → tcp app']);
  });

  test('PROF-2, PROF-3: a stock Envoy with a certificate takes both, without the exchange of facts that it cannot do', () => {
    assert.deepEqual(ofPort('80', taking('permissive'), STOCK), [
      `tls ${MESH_HTTP} → tls + http inline app`,
      'raw_buffer http/1.1,h2c → http inline app',
      'tls istio → tls + tcp app',
      'raw_buffer → tcp app',
      'tls → tcp app',
    ]);
    const [listener] = inbound({ facts: STOCK, mutualTls: taking('strict'), instances: [instanceOf('80', 8080)] });
    const offered = (listener?.chains ?? []).flatMap(({ tls }) =>
      tls === undefined ? [] : [tls.applicationProtocols],
    );
    assert.deepEqual(new Set(offered.flat()), new Set(['h2', 'http/1.1']));
  });

  test('PA-10: a port has the mode of the port that the workload listens on', () => {
    const modes = taking('strict', [
      { port: 80, mode: 'disabled' },
      { port: 8080, mode: 'disabled' },
    ]);
    assert.deepEqual(ofPort('80/tcp', modes), ['raw_buffer → tcp app']);
    assert.deepEqual(ofPort('8080/tcp', taking('strict', [{ port: 80, mode: 'disabled' }])), ['tls → tls + tcp app']);
  });

  test('ITLS-9, SDS-1: a stock Envoy shows the certificate that an agent keeps in files', () => {
    const [listener] = inbound({ facts: STOCK, mutualTls: taking('strict'), instances: [instanceOf('80/tcp', 8080)] });
    const tls = listener?.chains.find(({ match }) => match.destinationPort === 8080)?.tls;
    assert.deepEqual(tls?.certificates, [{ from: 'secret-file', name: 'default', path: '/identity/default.json' }]);
    assert.deepEqual(tls.clients?.roots, { from: 'secret-file', name: 'ROOTCA', path: '/identity/ROOTCA.json' });
  });

  test('ITLS-7: the mesh chooses cipher suites and the oldest version for its own TLS', () => {
    const meshTls = { cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384'], minimumVersion: '1.3' } as const;
    const mesh = { ...meshDefaults(), meshTls };
    const instances = [instanceOf('80/tcp', 8080)];
    const tls = inbound({ mesh, facts: ISTIO, instances })[0]?.chains.find((chain) => chain.tls)?.tls;
    assert.deepEqual(
      [tls?.cipherSuites, tls?.minimumVersion, tls?.maximumVersion],
      [meshTls.cipherSuites, '1.3', '1.3'],
    );
  });
});

describe('ports that no service of the proxy has', () => {
  const others = (mutualTls: ServerModes, port: number | '' = ''): readonly string[] =>
    chainsOf({ facts: ISTIO, mutualTls, instances: [instanceOf('80/tcp', 8080)] }, port).map((line) =>
      line.replaceAll('InboundPassthroughCluster', 'on'),
    );

  test('PA-20: take what the workload takes', () => {
    assert.deepEqual(others(taking('strict')), [`tls ${MESH_HTTP} → tls + http inline on`, 'tls → tls + tcp on']);
    assert.deepEqual(others(taking('disabled')), ['raw_buffer http/1.1,h2c → http inline on', 'raw_buffer → tcp on']);
  });

  test('PA-20: a port of which a policy says something has chains of its own, unless a service has it', () => {
    const modes = taking('strict', [
      { port: 8080, mode: 'disabled' },
      { port: 9000, mode: 'disabled' },
      { port: 15006, mode: 'disabled' },
    ]);
    assert.deepEqual(others(modes, 9000), ['raw_buffer http/1.1,h2c → http inline on', 'raw_buffer → tcp on']);
    assert.deepEqual(others(modes, 8080), ['raw_buffer → tcp app']);
    assert.deepEqual(others(modes, 15006), ['→ tcp BlackHoleCluster']); // what comes to the proxy itself goes nowhere
  });
});

describe('a stock Envoy without a certificate', () => {
  const view = (mutualTls: ServerModes, more: Partial<ProxyViewChanges> = {}): ProxyViewChanges => ({
    ...{ mutualTls, instances: [instanceOf('80/http', 8080)] },
    ...more,
  });

  test('ITLS-2, PA-2: takes plain text where both are taken', () => {
    assert.deepEqual(chainsOf(view(taking('permissive')), 8080), ['raw_buffer → http inline app']);
  });

  test('PA-18: lets nothing in where mutual TLS alone is taken, and the policy says so', () => {
    const closed = view(taking('strict'));
    assert.deepEqual(chainsOf(closed, 8080), ['→ tcp BlackHoleCluster']);
    assert.deepEqual(chainsOf(closed, ''), ['* → tcp BlackHoleCluster']);
    const { issues } = inboundListeners(listenedView(closed));
    assert.deepEqual(issues.map(summary), ['STRICT_WITHOUT_IDENTITY PeerAuthentication/default/x']);
    assert.match(
      issues[0]?.message ?? '',
      /let nothing in at port 8080, every port that no service of theirs has; give them one/,
    );
  });

  test('PA-18: a port that is closed does not fall back to what every other port takes', () => {
    const modes = taking('permissive', [
      { port: 8080, mode: 'strict' },
      { port: 9000, mode: 'strict' },
    ]);
    assert.deepEqual(chainsOf(view(modes), 8080), ['→ tcp BlackHoleCluster']);
    assert.deepEqual(chainsOf(view(modes), 9000), ['→ tcp BlackHoleCluster']);
    assert.equal(chainsOf(view(modes), '').length, 2);
  });
});
