/**
 * Bytes of an IP address in text: 4 for IPv4, 16 for IPv6; undefined when the text is none.
 * Strict as RFC 5952 and Go's netip read it: no leading zeros in IPv4 parts, one `::` at most, an embedded IPv4 only at the end.
 * A zone (`fe80::1%eth0`) is accepted and left out of the bytes.
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  if (text.length > 128) return undefined;
  if (!text.includes(':')) return parseV4(text);
  const [address = '', zone, more] = text.split('%');
  if (more !== undefined || zone === '') return undefined;
  return parseV6(address);
}

export const isIpAddress = (text: string): boolean => parseIpAddress(text) !== undefined;

/** Equal for all ways to write one address (`::1`, `0:0::1`); other texts stand for themselves. */
export const ipAddressKey = (text: string): string => parseIpAddress(text)?.join('.') ?? text;

/** A prefix in its parts, the address as it was written. */
export interface IpRange {
  readonly address: string;
  readonly bits: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`; undefined when the text is none. The address may have bits beyond the prefix. */
export function parseIpPrefix(text: string): { readonly bytes: Uint8Array; readonly bits: number } | undefined {
  const slash = text.indexOf('/');
  if (slash < 0 || text.includes('%')) return undefined;
  const bytes = parseIpAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (bytes === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = Number(length);
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined;
}

/** Most texts that are asked about are host names: what cannot be an address is seen at its last letter, before anything is cut. */
function parseV4(text: string): Uint8Array | undefined {
  if (!endsInDigit(text)) return undefined;
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[index] = Number(part);
  }
  return bytes;
}

function endsInDigit(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0x30 && last <= 0x39;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupBytes(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const written = head.length + (tail?.length ?? 0);
  if (tail === undefined ? written !== 16 : written > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  if (tail !== undefined) bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Bytes of colon-separated groups; only the address's very last group may be an IPv4 address. */
function groupBytes(text: string, isLastHalf: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const embedded = isLastHalf && index === groups.length - 1 ? parseV4(group) : undefined;
    if (embedded === undefined) return undefined;
    bytes.push(...embedded);
  }
  return bytes;
}
