import type { HeaderEditsIr, HeaderPutIr } from '../ir/route-configuration.ts';
import type { HeaderEdits } from '../model/http-rule.ts';

export const NO_HEADER_EDITS: HeaderEditsIr = { put: [], remove: [] };

/** What is set, then what is added, each by name (RT-19). Envoy may not touch pseudo-headers or the host in this way. */
export function compileHeaderEdits({ set, add, remove }: HeaderEdits): HeaderEditsIr {
  return { put: [...puts(set, 'set'), ...puts(add, 'add')], remove: remove.filter((name) => !isInternal(name)) };
}

/** The authority that header edits ask for: `set` before `add` (RT-18). */
export function editedAuthority({ set, add }: HeaderEdits): string | undefined {
  return authorityAmong(set) ?? authorityAmong(add);
}

/** Both, one after the other. */
export function joinHeaderEdits(first: HeaderEditsIr, second: HeaderEditsIr): HeaderEditsIr {
  return { put: [...first.put, ...second.put], remove: [...first.remove, ...second.remove] };
}

function puts(headers: Readonly<Record<string, string>>, how: HeaderPutIr['how']): readonly HeaderPutIr[] {
  return Object.keys(headers)
    .filter((name) => !isInternal(name))
    .sort()
    .map((name) => ({ name, value: headers[name] ?? '', how }));
}

function authorityAmong(headers: Readonly<Record<string, string>>): string | undefined {
  const name = Object.keys(headers).sort().find(isAuthority);
  const value = name === undefined ? undefined : headers[name];
  return value === '' ? undefined : value;
}

const isInternal = (name: string): boolean => name.startsWith(':') || name.toLowerCase() === 'host';
const isAuthority = (name: string): boolean => [':authority', 'host'].includes(name.toLowerCase());
