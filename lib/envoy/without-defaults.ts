import type { ProtoJson } from './envoy-resource.ts';

/**
 * The members that canonical proto3 JSON writes: an absent one, an empty text, an empty list, 0 and false are left out.
 * Not for wrapper values, which are written even where they are 0 or false, and not for empty messages, which say "present".
 */
export function withoutDefaults(members: ProtoJson): ProtoJson {
  return keptMembers(members, (value) => !isDefault(value));
}

/** The members that are there, whatever their value: for messages whose members are wrappers or messages. */
export function withoutAbsent(members: ProtoJson): ProtoJson {
  return keptMembers(members, (value) => value !== undefined);
}

/** A loop, because it runs for every endpoint of a mesh, and lists of entries cost several times as much. */
function keptMembers(members: ProtoJson, isKept: (value: unknown) => boolean): ProtoJson {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    if (isKept(members[name])) kept[name] = members[name];
  }
  return kept;
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
