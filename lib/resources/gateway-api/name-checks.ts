import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const kindWord = /^[a-zA-Z](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

/** A name as sections of listeners, hosts and groups have it: lower-case letters, digits, dashes and dots. */
export const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);

/** A host, whose first label may be `*`. */
export const isHostname = (text: string): boolean =>
  text.length <= 253 && subdomain.test(text.startsWith('*.') ? text.slice(2) : text);

/** A name with the domain of whoever gave it before: `istio.io/gateway-controller`. `path` is what may stand behind the slash. */
export function isVendorName(text: string, path = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/): boolean {
  const slash = text.indexOf('/');
  return slash >= 0 && subdomain.test(text.slice(0, slash)) && path.test(text.slice(slash + 1));
}

/** A member that must be there and have a length from 1. */
export function checkRequired(log: FindingLog, text: string | undefined, most = 253): void {
  if (text === undefined || text === '') log.error('REQUIRED', 'must be set');
  else if (text.length > most) log.error('INVALID_VALUE', `must have at most ${most} characters, not ${text.length}`);
}

export function checkSectionName(log: FindingLog, name: string | undefined): void {
  checkRequired(log, name);
  if (name && name.length <= 253 && !isSubdomain(name)) {
    log.error('INVALID_VALUE', `${quoted(name)} is no name; use lower-case letters, digits, "-" and "."`);
  }
}

export function checkHostname(log: FindingLog, name: string): void {
  if (isHostname(name)) return;
  const remedy = 'write lower-case labels with dots between, the first of which may be "*"';
  log.error('INVALID_VALUE', `${quoted(name)} is no host name; ${remedy}`);
}

export function checkPortNumber(log: FindingLog, port: number | undefined): void {
  if (port === undefined) log.error('REQUIRED', 'must be set');
  else if (port < 1 || port > 65_535) log.error('INVALID_VALUE', `port ${port} is not from 1 to 65535`);
}

/** More items than a list takes are one problem, as is a list that must not be empty and is. */
export function checkCount(
  log: FindingLog,
  items: readonly unknown[] | undefined,
  { least = 0, most }: { readonly least?: number; readonly most: number },
): void {
  const count = items?.length ?? 0;
  if (count < least) log.error('REQUIRED', `must have at least ${least === 1 ? 'one item' : `${least} items`}`);
  if (count > most) log.error('INVALID_VALUE', `must have at most ${most} items, not ${count}`);
}

interface WrittenReference {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A reference to an object. Group and kind must be said where they have no default. */
export function checkReference(
  log: FindingLog,
  { group, kind, name, namespace }: WrittenReference,
  { hasDefaults }: { readonly hasDefaults: boolean },
): void {
  checkRequired(log.at('name'), name);
  checkGroup(log.at('group'), group, hasDefaults);
  checkKindWord(log.at('kind'), kind, hasDefaults);
  if (namespace !== undefined) checkNamespaceName(log.at('namespace'), namespace);
}

export function checkGroup(log: FindingLog, group: string | undefined, hasDefault: boolean): void {
  if (group === undefined) {
    if (!hasDefault) log.error('REQUIRED', 'must be set; the core group is ""');
  } else if (group !== '' && !isSubdomain(group)) {
    log.error('INVALID_VALUE', `${quoted(group)} is no API group, such as gateway.networking.k8s.io`);
  }
}

export function checkKindWord(log: FindingLog, kind: string | undefined, hasDefault: boolean): void {
  if (kind === undefined) {
    if (!hasDefault) log.error('REQUIRED', 'must be set');
  } else if (kind.length > 63 || !kindWord.test(kind)) {
    log.error('INVALID_VALUE', `${quoted(kind)} is no kind, such as Secret`);
  }
}

export function checkNamespaceName(log: FindingLog, namespace: string): void {
  if (namespace.length <= 63 && dnsLabel.test(namespace)) return;
  log.error('INVALID_VALUE', `${quoted(namespace)} is no namespace; use lower-case letters, digits and "-"`);
}

/** An index of every item but the first that has the same key as one before it. */
export function repeated<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): readonly number[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    if (key === undefined) return [];
    if (seen.has(key)) return [index];
    seen.add(key);
    return [];
  });
}
