import type { DnsCacheIr, DnsFamily } from '../ir/dns-cache.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent } from './without-defaults.ts';

const FAMILIES = { v4: 'V4_ONLY', v6: 'V6_ONLY', both: 'ALL' } as const;

export const encodeDnsFamily = (family: DnsFamily): string => FAMILIES[family];

/** A DnsCacheConfig. */
export function encodeDnsCache({ name, family, maxHosts }: DnsCacheIr): ProtoJson {
  return withoutAbsent({ name, dnsLookupFamily: encodeDnsFamily(family), maxHosts });
}
