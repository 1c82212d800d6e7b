import type { ProtoJson } from './envoy-resource.ts';

/**
 * The members that canonical proto3 JSON writes: an absent one, an empty text, an empty list, 0 and false are left out.
 * Not for wrapper values, which are written even where they are 0 or false, and not for empty messages, which say "present".
 */
export function withoutDefaults(members: ProtoJson): ProtoJson {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isDefault(value)));
}

/** The members that are there, whatever their value: for messages whose members are wrappers or messages. */
export function withoutAbsent(members: ProtoJson): ProtoJson {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
