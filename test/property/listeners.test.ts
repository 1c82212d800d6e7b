import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../lib/base/hashing.ts';
import { parseIpAddress } from '../../lib/base/ip-address.ts';
import { requestedRoutes } from '../../lib/compile/requested-routes.ts';
import type { ConnectionTargetIr, FilterChainIr, ListenerIr } from '../../lib/ir/listener.ts';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import { contestedSockets, listeningNode, NOWHERE } from '../support/arbitrary-sockets.ts';
import { lineOfResources } from '../support/line.ts';

/** Holds a law for what many proxies of many small worlds would be given. */
const always = (law: (ir: ProxyIr) => void): void =>
  fc.assert(
    fc.property(contestedSockets, listeningNode, (documents, node) => {
      law(lineOfResources(documents, node).ir);
    }),
    { numRuns: 300 },
  );

const chainsOf = ({ chains, defaultChain }: ListenerIr): readonly FilterChainIr[] =>
  defaultChain === undefined ? chains : [...chains, defaultChain];

test('G-5: neither the order of documents nor a second run changes a listener', () => {
  const shuffled = contestedSockets.chain((documents) =>
    fc.tuple(fc.constant(documents), fc.shuffledSubarray([...documents], { minLength: documents.length })),
  );
  fc.assert(
    fc.property(shuffled, listeningNode, ([documents, others], node) => {
      assert.equal(canonicalJson(lineOfResources(others, node).ir), canonicalJson(lineOfResources(documents, node).ir));
    }),
  );
});

test('no two listeners have a name or a socket in common: Envoy refuses the second', () => {
  always(({ listeners }) => {
    const names = listeners.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const sockets = listeners.flatMap(({ addresses, port }) => addresses.map((address) => `${address} ${port}`));
    assert.equal(new Set(sockets).size, sockets.length, sockets.join(', '));
  });
});

test('LS-11: no two chains of a listener match the same connections: Envoy refuses the listener', () => {
  always(({ listeners }) => {
    for (const { name, chains } of listeners) {
      const matches = chains.flatMap(({ match: { serverNames, destinationRanges, ...match } }) =>
        (serverNames.length > 0 ? serverNames : ['any']).flatMap((serverName) =>
          (destinationRanges.length > 0 ? destinationRanges.map(significant) : ['any']).map((range) =>
            canonicalJson({ ...match, serverName, range }),
          ),
        ),
      );
      assert.equal(new Set(matches).size, matches.length, name);
    }
  });
});

/** The bits of a range that mean something, told apart from the compiler's own way to do so. */
function significant({ address, bits }: { readonly address: string; readonly bits: number }): string {
  const binary = [...(parseIpAddress(address) ?? [])].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return binary.slice(0, bits);
}

test('LS-13: where a chain asks what is inside a connection, somebody looks', () => {
  always(({ listeners }) => {
    for (const listener of listeners) {
      const sees = new Set(listener.inspectors.map(({ type }) => type));
      for (const { match, tls } of listener.chains) {
        if (match.serverNames.length > 0 || match.transport === 'tls')
          assert.ok(sees.has('tls-inspector'), listener.name);
        if (match.applicationProtocols.length > 0 && tls === undefined)
          assert.ok(sees.has('http-inspector'), listener.name);
      }
    }
  });
});

test('SNAP-1: every route configuration and cluster that a listener names is there', () => {
  always((ir) => {
    const routes = new Set(ir.routes.map(({ name }) => name));
    for (const name of requestedRoutes(ir.listeners)) assert.ok(routes.has(name), name);
    const clusters = new Set(ir.clusters.map(({ name }) => name));
    for (const listener of ir.listeners) {
      for (const filter of chainsOf(listener).flatMap(({ filters }) => filters)) {
        if (filter.type !== 'tcp-proxy') continue;
        const named = targets(filter.target).filter((cluster) => !cluster.includes(NOWHERE));
        for (const cluster of named) assert.ok(clusters.has(cluster), cluster);
      }
    }
  });
});

const targets = (target: ConnectionTargetIr): readonly string[] =>
  target.type === 'cluster' ? [target.cluster] : target.clusters.map(({ cluster }) => cluster);

test('a chain ends in exactly one filter that takes the bytes', () => {
  always(({ listeners }) => {
    for (const { filters } of listeners.flatMap(chainsOf)) {
      const ends = filters.map(({ type }) => type === 'tcp-proxy' || type === 'http-connection-manager');
      assert.deepEqual(ends.filter(Boolean).length, 1);
      assert.equal(ends.at(-1), true);
    }
  });
});

test('PROF-2: a stock Envoy is never given a filter that only Istio’s has', () => {
  always(({ listeners }) => {
    for (const filter of listeners.flatMap(chainsOf).flatMap(({ filters }) => filters)) {
      if (filter.type !== 'http-connection-manager') continue;
      assert.equal(filter.filters.at(-1)?.type, 'router');
    }
  });
  fc.assert(
    fc.property(contestedSockets, listeningNode, (documents, node) => {
      const { ir } = lineOfResources(documents, { ...node, profile: 'envoy' });
      assert.doesNotMatch(canonicalJson(ir.listeners), /metadata-exchange|istio-alpn|istio-peer-exchange/);
    }),
  );
});

test('GW-20: no two virtual hosts of a router have a domain in common: Envoy refuses the routes', () => {
  always(({ routes }) => {
    for (const { virtualHosts } of routes) {
      const domains = virtualHosts.flatMap((host) => host.domains);
      assert.equal(new Set(domains).size, domains.length);
      const names = virtualHosts.map(({ name }) => name);
      assert.deepEqual(names.slice(0, -1), names.slice(0, -1).toSorted());
    }
  });
});
