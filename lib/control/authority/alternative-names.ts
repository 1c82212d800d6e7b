import { isIpAddress } from '../../base/ip-address.ts';

/** A name in a certificate, in the words of the X.509 library. */
export interface AlternativeName {
  readonly type: 'url' | 'ip' | 'dns';
  readonly value: string;
}

/** Names of a certificate from texts such as `spiffe://cluster.local/ns/a/sa/b`, `10.0.0.1`, `a.example.com,b.example.com` (CA-7). */
export function alternativeNames(hosts: readonly string[]): readonly AlternativeName[] {
  return hosts
    .flatMap((host) => host.split(','))
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((value) => ({ type: typeOf(value), value }));
}

function typeOf(host: string): AlternativeName['type'] {
  if (host.startsWith('spiffe://')) return 'url';
  return isIpAddress(host) ? 'ip' : 'dns';
}
