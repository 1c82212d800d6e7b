import { isIpAddress, parseIpPrefix } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';

/**
 * Rules for names, hosts, ports and labels that many kinds share: each function whose name ends in `Problem` answers what is wrong
 * with a text, or undefined. Hosts may have capitals, as in Istio.
 */
const labelPattern = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabelPattern = /^(?:\*|(?:\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;
export const qualifiedNamePattern = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

export const isDnsLabel = (text: string): boolean => text.length <= 63 && labelPattern.test(text);

export const isPort = (number: number | undefined): boolean => number !== undefined && number >= 1 && number <= 65535;

export function hostLengthProblem(name: string): string | undefined {
  if (name.length > 255) return `domain name ${quoted(name)} too long (max 255)`;
  return name === '' ? 'empty domain name not allowed; write a host name' : undefined;
}

/** A full name: labels of letters, digits and dashes, the last one not all digits; one trailing dot is fine. */
export function fqdnProblem(name: string): string | undefined {
  return hostLengthProblem(name) ?? dnsLabelsProblem(name);
}

/** As `fqdnProblem`, and the first label may be `*` or start with it. */
export function wildcardHostProblem(name: string): string | undefined {
  const tooLong = hostLengthProblem(name);
  if (tooLong !== undefined) return tooLong;
  const dot = name.indexOf('.');
  const first = dot < 0 ? name : name.slice(0, dot);
  if (first.length > 63 || !wildcardLabelPattern.test(first)) return labelProblem(name, first);
  return dot < 0 ? undefined : dnsLabelsProblem(name.slice(dot + 1));
}

/** `*.example.com` and `*` are whole; `*example.com` and `a.*.com` are partial. */
export function partialWildcardProblem(name: string): string | undefined {
  const isPartial = name.includes('*') && name.length !== 1 && !name.startsWith('*.');
  return isPartial
    ? `partial wildcard ${quoted(name)} not allowed; a "*" stands for whole labels at the front`
    : undefined;
}

function dnsLabelsProblem(name: string): string | undefined {
  const labels = name.split('.');
  const top = labels.at(-1) ?? '';
  if (/^[+-]?\d+$/.test(top)) {
    return `domain name ${quoted(name)} invalid (top level domain ${quoted(top)} cannot be all-numeric)`;
  }
  if (top === '') labels.pop();
  const bad = labels.find((label) => !isDnsLabel(label));
  return bad === undefined ? undefined : labelProblem(name, bad);
}

const labelProblem = (name: string, label: string): string =>
  `domain name ${quoted(name)} invalid (label ${quoted(label)} invalid); use letters, digits and dashes between dots`;

/** `a.b.c.d`, an IPv6 address, or either with a prefix length. */
export function subnetProblem(text: string): string | undefined {
  if (text.includes('/')) {
    return parseIpPrefix(text) === undefined ? `${text} is not a valid CIDR block; write it as 10.0.0.0/8` : undefined;
  }
  return isIpAddress(text) ? undefined : `${text} is not a valid IP; write an address such as 10.0.0.1`;
}

/** A path after `unix://`: absolute and not a directory, or an abstract socket `@name`. */
export function unixPathProblem(path: string): string | undefined {
  if (path === '') return 'unix address must not be empty';
  if (path.startsWith('@')) return undefined;
  const isFile = path.startsWith('/') && !path.endsWith('/');
  return isFile ? undefined : `${path} is not an absolute path to a file; write unix:///path/to/socket`;
}

export function labelKeyProblem(key: string): string | undefined {
  const slash = key.lastIndexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (!qualifiedNamePattern.test(name)) return `invalid tag key: ${quoted(key)}; use letters, digits, "-", "_" and "."`;
  if (name.length > 63)
    return `invalid tag key: ${quoted(key)} (name is too long); at most 63 characters after the "/"`;
  if (prefix === undefined) return undefined;
  if (prefix.length > 253) return `invalid tag key: ${quoted(key)} (DNS prefix is too long); at most 253 characters`;
  const isDns = prefix.split('.').every((label) => labelPattern.test(label));
  return isDns ? undefined : `invalid tag key: ${quoted(key)}; what stands before the "/" is a DNS name`;
}
