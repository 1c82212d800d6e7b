import { parseIpAddress, parseIpPrefix } from './ip-address.ts';

/**
 * What lies at an address, for who is told by others where to connect: `public` is anyone's, `private` is this machine's or its network's,
 * `special` hands out keys of the machine, or is no single host's.
 */
export type AddressClass = 'public' | 'private' | 'special';

/** IANA's special-purpose registries, and the metadata services of clouds. The first range that has the address says what it is. */
const RANGES: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    'special',
    [
      '0.0.0.0/8',
      // Link-local: the metadata services of AWS (also of its containers and functions), Google and Azure.
      '169.254.0.0/16',
      'fe80::/10',
      // AWS by IPv6: instances, containers.
      'fd00:ec2::/32',
      // Google by IPv6, Alibaba, Azure's wire server, Oracle.
      'fd20:ce::254/128',
      '100.100.100.200/32',
      '168.63.129.16/32',
      '192.0.0.0/24',
      // Multicast, reserved, broadcast.
      '224.0.0.0/4',
      '240.0.0.0/4',
      'ff00::/8',
      '::/128',
    ],
  ],
  [
    'private',
    [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '192.0.2.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '::1/128',
      '100::/64',
      '2001:db8::/32',
      '64:ff9b:1::/48',
      'fc00::/7',
      'fec0::/10',
    ],
  ],
];

const PARSED = RANGES.map(([name, ranges]) => ({
  name,
  ranges: ranges.flatMap((range) => parseIpPrefix(range) ?? []),
}));

/** Undefined for a text that is no address. An IPv4 address inside an IPv6 one counts as what it is there. */
export function classOfAddress(text: string): AddressClass | undefined {
  const bytes = parseIpAddress(text);
  if (!bytes) return undefined;
  const all = [bytes, ...embedded(bytes)];
  const found = PARSED.find(({ ranges }) => all.some((each) => ranges.some((range) => isWithin(each, range))));
  return found?.name ?? 'public';
}

/** Prefixes of IPv6 whose addresses lead to an IPv4 host, and where in them it stands. */
const CARRIERS = [
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['::/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
] as const;

function embedded(bytes: Uint8Array): readonly Uint8Array[] {
  return CARRIERS.flatMap(([text, at]) => {
    const range = parseIpPrefix(text);
    // `::` and `::1` are not of IPv4: they have ranges of their own.
    const isCarried = range !== undefined && isWithin(bytes, range) && !isWithin(bytes, LOW);
    return isCarried ? [bytes.slice(at, at + 4)] : [];
  });
}

/** Whether an address, or the one inside it, has all bits of a prefix. */
function isWithin(bytes: Uint8Array, range: { readonly bytes: Uint8Array; readonly bits: number }): boolean {
  if (bytes.length !== range.bytes.length) return false;
  const whole = range.bits >> 3;
  for (let at = 0; at < whole; at += 1) if (bytes[at] !== range.bytes[at]) return false;
  const rest = range.bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((bytes[whole] ?? 0) & mask) === ((range.bytes[whole] ?? 0) & mask);
}

const LOW = { bytes: new Uint8Array(16), bits: 127 };
