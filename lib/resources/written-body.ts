import type { z } from 'zod';
import { memberSchema, membersOf, presentSchema } from './schema-members.ts';

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The body without members of a known name that are null: `timeout:` with nothing after it means "not set", as in Kubernetes.
 * A null among a list's items or a map's values stays, and is an error: leaving it out would change what the rest means.
 */
export function withoutUnsetMembers(schema: z.core.$ZodType, value: unknown): unknown {
  if (Array.isArray(value)) {
    const item = memberSchema(schema, 0);
    return item === undefined ? value : value.map((each: unknown) => withoutUnsetMembers(item, each));
  }
  if (!isObject(value)) return value;
  const known = new Set(membersOf(presentSchema(schema)));
  const kept = Object.entries(value).filter(([name, member]) => member !== null || !known.has(name));
  return Object.fromEntries(
    kept.map(([name, member]) => {
      const inner = memberSchema(schema, name);
      return [name, inner === undefined ? member : withoutUnsetMembers(inner, member)] as const;
    }),
  );
}

type Path = readonly (string | number)[];

/**
 * The body without the part at a path; undefined when that is all of it. Of a list whose item is meant the whole list goes, so
 * that everything else keeps its place.
 */
export function withoutPart(value: unknown, path: Path): unknown {
  const end = path.findLastIndex((part) => typeof part === 'string');
  return end < 0 ? undefined : without(value, path.slice(0, end + 1));
}

function without(value: unknown, [first, ...rest]: Path): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === first ? without(item, rest) : item));
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  if (rest.length === 0) return Object.fromEntries(members.filter(([name]) => name !== first));
  return Object.fromEntries(members.map(([name, member]) => [name, name === first ? without(member, rest) : member]));
}
