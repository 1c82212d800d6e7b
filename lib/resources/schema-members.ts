import type { z } from 'zod';

/**
 * Looks into zod's schemas, the one place that knows how they are built: which members an object may have, and what schema
 * stands at a path. Source: zod's page "Zod Core", section on definitions.
 */
type Definition = z.core.$ZodTypes['_zod']['def'];

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as Definition;

/** The schema without what says that it may be absent. */
export function presentSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const definition = definitionOf(schema);
  return definition.type === 'optional' || definition.type === 'nullable'
    ? presentSchema(definition.innerType)
    : schema;
}

export function memberSchema(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const definition = definitionOf(presentSchema(schema));
  if (definition.type === 'array') return definition.element;
  if (definition.type === 'record') return definition.valueType;
  if (definition.type !== 'object' || !Object.hasOwn(definition.shape, part)) return undefined;
  return definition.shape[part];
}

export function schemaAt(schema: z.core.$ZodType, path: readonly (string | number)[]): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const part of path) at = at === undefined ? undefined : memberSchema(at, part);
  return at;
}

/** Names an object of this schema may have; none for what is no object, or has free names. */
export function membersOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  const definition = definitionOf(presentSchema(schema));
  return definition.type === 'object' ? Object.keys(definition.shape) : [];
}

/** The known name that somebody most likely meant; undefined when none is near. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.replace(/[-_]/g, '').toLowerCase();
  const sameButSpelling = known.find((name) => plain(name) === plain(written));
  if (sameButSpelling !== undefined || written.length > 60) return sameButSpelling;
  const [best] = known
    .map((name) => ({ name, distance: editDistance(plain(written), plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.name : undefined;
}

/** Levenshtein's distance: insertions, deletions and replacements from one word to the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, char] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (previous[column] ?? 0) + (char === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
