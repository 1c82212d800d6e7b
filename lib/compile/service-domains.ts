import type { HostName } from '../base/host-name.ts';
import { isIpAddress } from '../base/ip-address.ts';
import type { Service } from '../model/service.ts';
import type { ViewFacts, VisibleService } from '../view/proxy-view.ts';

/** A service and its other names. */
export type NamedService = Pick<VisibleService, 'service' | 'aliases'>;

/** What decides which names a proxy's clients use. */
export type DomainFacts = Pick<ViewFacts, 'dnsDomain' | 'ipFamily'>;

/** Every authority under which a proxy's clients may ask for one service. */
export interface ServiceDomains {
  /** All of them, the host name itself first. */
  readonly domains: readonly string[];
  /** Those among them that are short for the host name; a real host of that name goes before (RD-9). */
  readonly shortened: ReadonlySet<string>;
}

/**
 * Domains of one service (RD-5). With `port` each name stands there a second time with the port (RD-6): for listeners whose own
 * port says nothing about the service's.
 */
export function serviceDomains(
  { service, aliases }: NamedService,
  facts: DomainFacts,
  port: number | undefined,
): ServiceDomains {
  const short = shortHosts(service.hostname, facts.dnsDomain).flatMap((host) => withPort(host, port));
  const others = aliases.flatMap((alias) => aliasHosts(alias, facts)).flatMap((host) => withPort(host, port));
  const names = [...withPort(service.hostname, port), ...short, ...others];
  // RD-12: single instances of a headless service have names of their own below it.
  const isHeadless = service.resolution === 'headless' && service.registry === 'kubernetes';
  const instances = isHeadless ? names.map((name) => `*.${name}`) : [];
  const addresses = clientAddresses(service, facts).flatMap((address) => withPort(address, port));
  return { domains: [...names, ...instances, ...addresses], shortened: new Set([...short, ...others]) };
}

/** `host:port`, with brackets around an IPv6 address: the name of a virtual host. */
export const hostAndPort = (host: string, port: number): string => `${bracketed(host)}:${port}`;

/** An authority without port: as it is, but an IPv6 address in brackets. */
export const bracketed = (host: string): string => (isIpAddress(host) && host.includes(':') ? `[${host}]` : host);

/** A host as an authority, and a second time with a port where there is one. */
export function withPort(host: string, port: number | undefined): readonly string[] {
  return port === undefined ? [bracketed(host)] : [bracketed(host), hostAndPort(host, port)];
}

/** SR-19: an alias under all its forms. */
export const aliasHosts = (alias: HostName, facts: DomainFacts): readonly string[] => [
  alias,
  ...shortHosts(alias, facts.dnsDomain),
];

/** Other forms of a host name that resolve on the proxy's machine (RD-5, RD-7, RD-9). */
function shortHosts(host: HostName, dnsDomain: string): readonly string[] {
  const absolute = isIpAddress(host) ? [] : [`${host}.`];
  const svc = dnsDomain.indexOf('.svc.');
  if (svc < 0) return [...absolute, ...sharedSuffixHosts(host, dnsDomain)];
  return host.endsWith(dnsDomain.slice(svc)) ? [...absolute, ...clusterHosts(host, dnsDomain.slice(0, svc))] : absolute;
}

/** `svc`, `svc.ns.svc` and `svc.ns` of a name such as `svc.ns.svc.cluster.local`; the first only in its own namespace. */
function clusterHosts(host: HostName, namespace: string): readonly string[] {
  const qualified = host.slice(0, host.indexOf('.svc.'));
  const dot = qualified.indexOf('.');
  if (dot < 0) return [];
  if (qualified.slice(dot + 1) !== namespace) return [qualified, `${qualified}.svc`];
  return [qualified.slice(0, dot), `${qualified}.svc`, qualified];
}

/** What is left of a host name without the labels that it shares with the proxy's domain; with the first of them too if that leaves two. */
function sharedSuffixHosts(host: HostName, dnsDomain: string): readonly string[] {
  const labels = host.split('.').reverse();
  const own = dnsDomain.split('.').reverse();
  let shared = 0;
  while (shared < Math.min(labels.length, own.length) && labels[shared] === own[shared]) shared += 1;
  const unique = labels.slice(shared).reverse();
  if (shared === 0 || unique.length === 0) return [];
  const left = unique.join('.');
  return unique.length === 2 ? [left, `${left}.${own[shared - 1]}`] : [left];
}

/** Addresses that clients of this proxy may use as the authority (SR-14); a range is no authority. */
function clientAddresses(service: Service, facts: DomainFacts): readonly string[] {
  const addresses = service.addresses.filter((address) => !address.includes('/'));
  if (service.registry === 'external' || facts.ipFamily === 'dual') return addresses;
  return addresses.filter((address) => address.includes(':') === (facts.ipFamily === 'v6'));
}
