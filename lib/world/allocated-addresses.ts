import { hashBytes } from '../base/hashing.ts';
import { ipAddressKey, parseIpAddress, parseIpPrefix } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { ServiceKey } from '../model/service.ts';
import type { ResourceKey } from '../resources/resource.ts';

/** A service without an address of its own that may be given one (SE-16). */
export interface AddressWish {
  readonly service: ServiceKey;
  readonly source: ResourceKey;
  /** What its document's status says that it was given before, perhaps by another control plane. */
  readonly given: readonly string[];
}

/** Where addresses of one family are given out: by number, from 0 on. */
export interface AddressPool {
  readonly family: 'v4' | 'v6';
  readonly size: number;
  readonly at: (index: number) => string;
}

const V4_SIZE = 65_534; // of 240.240.0.0/16 without its first and last address
const V6_SIDE = 65_535; // of 2001:2::/48 the last two groups, neither of them 0, so that each address has one spelling

/** SE-17: ranges that nobody routes, the first reserved for ever and the second for benchmarks. */
export const ADDRESS_POOLS: readonly AddressPool[] = [
  { family: 'v4', size: V4_SIZE, at: (index) => `240.240.${(index + 1) >> 8}.${(index + 1) & 0xff}` },
  {
    family: 'v6',
    size: V6_SIDE * V6_SIDE,
    at: (index) => `2001:2::${hex(Math.floor(index / V6_SIDE) + 1)}:${hex((index % V6_SIDE) + 1)}`,
  },
];

const hex = (group: number): string => group.toString(16);

export type AllocatedAddresses = ReadonlyMap<ServiceKey, readonly string[]>;

/**
 * SE-17 to SE-19: an address of each family for every wish, oldest first. What was given before is kept while it is free; any
 * other address is drawn from the name of its service, so that it is the same on every machine and in every revision, and
 * whatever becomes of other services. Only who meets an address that is taken, by an older service or in a document (SE-18),
 * draws again, and nobody else moves. docs/decisions/0017
 */
export function allocateAddresses(
  wishes: readonly AddressWish[],
  written: readonly string[],
  { pools, last }: { readonly pools: readonly AddressPool[]; readonly last?: AllocatedAddresses | undefined },
): Noted<AllocatedAddresses> {
  const taken = takenAddresses(written);
  const kept = wishes.map(({ given }) => given.filter(taken.take));
  const issues: Issue[] = [];
  const value = new Map<ServiceKey, readonly string[]>();
  for (const [index, wish] of wishes.entries()) {
    const addresses = [...(kept[index] ?? [])];
    for (const pool of pools) {
      if (addresses.some((address) => familyOf(address) === pool.family)) continue;
      const drawn = draw(wish.service, pool, taken);
      if (drawn === undefined) issues.push(exhausted(wish, pool));
      else addresses.push(drawn);
    }
    const before = last?.get(wish.service) ?? []; // the very same list where nothing changed, for whoever remembers by it
    if (addresses.length > 0) value.set(wish.service, before.join() === addresses.join() ? before : addresses);
  }
  return { value, issues };
}

const familyOf = (address: string): AddressPool['family'] => (address.includes(':') ? 'v6' : 'v4');

interface Taken {
  /** Whether the address was free; it is not any more. */
  readonly take: (address: string) => boolean;
}

function takenAddresses(written: readonly string[]): Taken {
  const taken = new Set(written.map(ipAddressKey));
  const ranges = written.flatMap((address) => parseIpPrefix(address) ?? []);
  return {
    take: (address) => {
      const key = ipAddressKey(address);
      const bytes = ranges.length === 0 ? undefined : parseIpAddress(address);
      if (taken.has(key) || ranges.some((range) => bytes !== undefined && holds(range, bytes))) return false;
      taken.add(key);
      return true;
    },
  };
}

type Range = NonNullable<ReturnType<typeof parseIpPrefix>>;

function holds({ bytes: base, bits }: Range, bytes: Uint8Array): boolean {
  if (base.length !== bytes.length) return false;
  return base.every((byte, index) => {
    const mask = (0xff << (8 - Math.min(Math.max(bits - index * 8, 0), 8))) & 0xff;
    return ((byte ^ (bytes[index] ?? 0)) & mask) === 0;
  });
}

/** So many draws before the pool is gone through one by one; with half of it taken, one wish of four thousand million needs that. */
const DRAWS = 32;

function draw(service: ServiceKey, { family, size, at }: AddressPool, { take }: Taken): string | undefined {
  let start = 0;
  for (let attempt = 0; attempt < DRAWS; attempt++) {
    start = Number.parseInt(hashBytes(`${family} ${service} ${attempt}`).slice(0, 12), 16) % size; // 48 bits, exact as a number
    const address = at(start);
    if (take(address)) return address;
  }
  for (let step = 1; step < Math.min(size, MOST_STEPS); step++) {
    const address = at((start + step) % size);
    if (take(address)) return address;
  }
  return undefined;
}

/** All of the smaller pool; the larger one is never full. */
const MOST_STEPS = 65_536;

const exhausted = ({ source, service }: AddressWish, { family }: AddressPool): Issue => ({
  severity: 'warning',
  code: 'NO_ADDRESS_LEFT',
  resource: source,
  path: 'spec.addresses',
  message: `no ${family === 'v4' ? 'IPv4' : 'IPv6'} address is left to give to ${service}; write an address of its own`,
});
