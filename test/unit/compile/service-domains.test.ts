import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceDomains } from '../../../lib/compile/service-domains.ts';
import type { Service } from '../../../lib/model/service.ts';
import type { ViewFacts } from '../../../lib/view/proxy-view.ts';
import { serviceOf, viewFactsOf, visible } from '../../support/proxy-view.ts';

const domainsOf = (service: Partial<Service>, facts: Partial<ViewFacts> = {}, port?: number): readonly string[] =>
  serviceDomains(visible(serviceOf('app', service)), viewFactsOf(facts), port).domains;
const app = 'app.shop.svc.cluster.local';

const hosts: readonly (readonly [what: string, hostname: string, dnsDomain: string, domains: readonly string[]])[] = [
  ['RD-7: in the own namespace', app, 'shop.svc.cluster.local', [app, `${app}.`, 'app', 'app.shop.svc', 'app.shop']],
  ['RD-7: of another namespace', app, 'other.svc.cluster.local', [app, `${app}.`, 'app.shop', 'app.shop.svc']],
  ['RD-5: of another cluster domain', app, 'shop.svc.example', [app, `${app}.`]],
  ['RD-5: outside', 'api.example', 'shop.svc.cluster.local', ['api.example', 'api.example.']],
  [
    'RD-5: beside the proxy',
    'app.local.campus.net',
    'local.campus.net',
    ['app.local.campus.net', 'app.local.campus.net.', 'app'],
  ],
  [
    'RD-5: near the proxy',
    'app.local.campus.net',
    'remote.campus.net',
    ['app.local.campus.net', 'app.local.campus.net.', 'app.local', 'app.local.campus'],
  ],
  ['RD-5: nothing shared', 'app.example', 'campus.net', ['app.example', 'app.example.']],
  ['RD-5: without a domain', 'app.example', '', ['app.example', 'app.example.']],
  ['RD-9: an address has no absolute form', '10.0.0.1', '', ['10.0.0.1']],
  ['RD-5: an IPv6 address in brackets', '2001:db8::1', '', ['[2001:db8::1]']],
];
for (const [what, hostname, dnsDomain, domains] of hosts) {
  test(`${what}: ${hostname} seen from "${dnsDomain}"`, () =>
    assert.deepEqual(domainsOf({ hostname }, { dnsDomain }), domains));
}

test('RD-6: with a port every name stands there twice', () =>
  assert.deepEqual(domainsOf({ hostname: 'a.b', addresses: ['10.0.0.1', '2001:db8::1'] }, { dnsDomain: '' }, 8080), [
    'a.b',
    'a.b:8080',
    'a.b.',
    'a.b.:8080',
    '10.0.0.1',
    '10.0.0.1:8080',
    '[2001:db8::1]',
    '[2001:db8::1]:8080',
  ]));

test('RD-5: ranges are no authority; a Service shows only addresses of the family of the proxy', () => {
  const addresses = ['10.0.0.1', '10.1.0.0/16', '2001:db8::1'];
  const hostname = 'a';
  const tail = (registry: Service['registry'], ipFamily: ViewFacts['ipFamily']): readonly string[] =>
    domainsOf({ hostname, registry, addresses }, { ipFamily, dnsDomain: '' }).slice(2);
  assert.deepEqual(tail('external', 'v4'), ['10.0.0.1', '[2001:db8::1]']);
  assert.deepEqual(tail('kubernetes', 'v4'), ['10.0.0.1']);
  assert.deepEqual(tail('kubernetes', 'v6'), ['[2001:db8::1]']);
  assert.deepEqual(tail('kubernetes', 'dual'), ['10.0.0.1', '[2001:db8::1]']);
});

test('RD-12: instances of a headless Service are addressed below its names', () => {
  const headless = { hostname: 'a', resolution: 'headless', registry: 'kubernetes' } as const;
  assert.deepEqual(domainsOf(headless, { dnsDomain: '' }), ['a', 'a.', '*.a', '*.a.']);
  assert.deepEqual(domainsOf({ ...headless, registry: 'external' }, { dnsDomain: '' }), ['a', 'a.']);
});

test('RD-5, SR-19: a service answers to its aliases in all their forms too', () => {
  const service = serviceOf('app', { hostname: app });
  const facts = viewFactsOf({ dnsDomain: 'shop.svc.cluster.local' });
  const { domains, shortened } = serviceDomains(
    { ...visible(service), aliases: ['old.shop.svc.cluster.local', 'www.example.com'] },
    facts,
    undefined,
  );
  const aliases = [
    'old.shop.svc.cluster.local',
    'old.shop.svc.cluster.local.',
    'old',
    'old.shop.svc',
    'old.shop',
    'www.example.com',
    'www.example.com.',
  ];
  assert.deepEqual(domains.slice(-aliases.length), aliases);
  assert.ok(
    aliases.every((alias) => shortened.has(alias)),
    'a real service of that name goes before',
  );
});
