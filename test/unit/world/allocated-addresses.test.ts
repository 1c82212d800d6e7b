import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runMemory } from '../../../lib/base/recall.ts';
import { serviceKey } from '../../../lib/model/service.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';
import {
  ADDRESS_POOLS,
  allocateAddresses,
  type AddressPool,
  type AddressWish,
} from '../../../lib/world/allocated-addresses.ts';
import { buildWorld } from '../../../lib/world/world.ts';
import { unadmittedResourcesOf } from '../../support/documents.ts';

const wishOf = (host: string, given: readonly string[] = []): AddressWish => ({
  service: serviceKey('shop', host),
  source: resourceKey('ServiceEntry', 'shop', host),
  given,
});

/** So small that services meet each other. */
const TINY: readonly AddressPool[] = [
  { family: 'v4', size: 8, at: (index) => `240.240.0.${index}` },
  { family: 'v6', size: 1_000, at: (index) => `2001:2::1:${index + 1}` },
];

const allocated = (
  wishes: readonly AddressWish[],
  written: readonly string[] = [],
  pools: readonly AddressPool[] = ADDRESS_POOLS,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(allocateAddresses(wishes, written, { pools }).value);

const hosts = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 7 });

test('SE-17: one address of each range, the same whatever else there is', () => {
  const alone = allocated([wishOf('a.com')])['shop/a.com'] ?? [];
  assert.match(alone[0] ?? '', /^240\.240\.\d+\.\d+$/);
  assert.match(alone[1] ?? '', /^2001:2::[1-9a-f][0-9a-f]*:[1-9a-f][0-9a-f]*$/);
  const others = ['b.com', 'c.com', 'd.com'].map((host) => wishOf(host));
  assert.deepEqual(allocated([...others, wishOf('a.com')])['shop/a.com'], alone);
});

test('SE-17: no two services share an address, however small the pool', () => {
  fc.assert(
    fc.property(hosts, (names) => {
      const all = Object.values(
        allocated(
          names.map((name) => wishOf(name)),
          [],
          TINY,
        ),
      ).flat();
      assert.equal(all.length, 2 * names.length);
      assert.equal(new Set(all).size, all.length);
    }),
  );
});

test('SE-19: a younger service moves no older one', () => {
  fc.assert(
    fc.property(hosts, fc.nat(6), (names, count) => {
      const wishes = names.map((name) => wishOf(name));
      const before = allocated(wishes.slice(0, count), [], TINY);
      assert.deepEqual({ ...allocated(wishes, [], TINY), ...before }, allocated(wishes, [], TINY));
    }),
  );
});

test('SE-18: an address that a document writes is not given out, nor one of a range', () => {
  const [first = ''] = allocated([wishOf('a.com')])['shop/a.com'] ?? [];
  const [second = ''] = allocated([wishOf('a.com')], [first])['shop/a.com'] ?? [];
  assert.notEqual(second, first);
  assert.deepEqual(allocated([wishOf('a.com', [first])], [first])['shop/a.com']?.[0], second);
  const many = [...'abcdefghijklmnop'].map((host) => wishOf(host));
  for (const [address = ''] of Object.values(allocated(many, ['240.240.128.0/17']))) {
    assert.ok(Number(address.split('.')[2]) < 128, address);
  }
});

test('SE-18: of two that were given one address the older keeps it; what was given before any draw is kept', () => {
  const both = allocated([wishOf('a.com', ['240.240.0.1']), wishOf('b.com', ['240.240.0.1'])]);
  assert.equal(both['shop/a.com']?.[0], '240.240.0.1');
  assert.notEqual(
    both['shop/b.com']?.find((address) => !address.includes(':')),
    '240.240.0.1',
  );
  const [drawn = ''] = allocated([wishOf('a.com')])['shop/a.com'] ?? [];
  const kept = allocated([wishOf('a.com'), wishOf('b.com', [drawn])]);
  assert.equal(kept['shop/b.com']?.[0], drawn);
});

test('SE-19: where one family is exhausted the other is given all the same, and it is said', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const { value, issues } = allocateAddresses(
    names.map((name) => wishOf(name)),
    [],
    { pools: TINY },
  );
  assert.deepEqual(
    [...value.values()].map(({ length }) => length),
    [2, 2, 2, 2, 2, 2, 2, 2, 1],
  );
  assert.deepEqual(
    issues.map(({ code, resource }) => [code, resource]),
    [['NO_ADDRESS_LEFT', 'ServiceEntry/shop/i']],
  );
});

const entry = (hosts: string, rest = 'resolution: STATIC', metadata = 'name: a'): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { ${metadata}, namespace: shop }
spec: { hosts: [${hosts}], ${rest}, ports: [{ name: tcp, number: 80, protocol: TCP }] }
`;
const given = (text: string): readonly string[] => [
  ...buildWorld(unadmittedResourcesOf(text)).value.allocatedAddresses.keys(),
];

test('SE-16: every host of an entry is given addresses, but for wildcards that nobody looks up one by one', () => {
  assert.deepEqual(given(entry('b.com, a.com, B.com')), ['shop/a.com', 'shop/b.com']);
  assert.deepEqual(given(entry("'*.com'")), []);
  assert.deepEqual(given(entry("'*.com'", 'resolution: DYNAMIC_DNS')), ['shop/*.com']);
  assert.deepEqual(given(entry('a.com', 'resolution: STATIC, addresses: [10.0.0.1]')), []);
  assert.deepEqual(given(entry('a.com', 'resolution: NONE')), []);
});

test('SE-19: a host that an entry gains moves none of its others; one that it loses is forgotten', () => {
  const world = (hosts: string) => buildWorld(unadmittedResourcesOf(entry(hosts))).value.allocatedAddresses;
  const [one, two] = [world('a.com, b.com'), world('a.com, c.com')];
  const a = serviceKey('shop', 'a.com');
  assert.deepEqual(two.get(a), one.get(a));
  assert.deepEqual([...two.keys()], ['shop/a.com', 'shop/c.com']);
});

test('a Service that names no address is given one, a headless one is not', () => {
  const service = (name: string, spec: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ${spec} ports: [{ name: tcp, port: 80 }] }
`;
  const text = [service('none', ''), service('own', 'clusterIP: 10.0.0.1,'), service('headless', 'clusterIP: None,')];
  assert.deepEqual(given(text.join('---')), ['shop/none.shop.svc.cluster.local']);
});

test('in a question about what another control plane answers, only addresses of the status are given', () => {
  const status = 'status: { addresses: [{ host: b.com, value: 240.240.0.1 }] }';
  const resources = unadmittedResourcesOf(`${entry('a.com, b.com')}${status}`);
  const { allocatedAddresses } = buildWorld(resources, { drawsAddresses: false }).value;
  assert.deepEqual([...allocatedAddresses], [['shop/b.com', ['240.240.0.1']]]);
});

test('the list of a service is the same object while its addresses are the same', () => {
  const memory = runMemory();
  const build = (hosts: string) =>
    memory.run((recall) => buildWorld(unadmittedResourcesOf(entry(hosts)), {}, recall)).value.allocatedAddresses;
  const [one, two] = [build('a.com'), build('a.com, b.com')];
  assert.equal(one.get(serviceKey('shop', 'a.com')), two.get(serviceKey('shop', 'a.com')));
});
