import { z } from 'zod';

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

/** Whether the values of a schema are taken and never shown; such a schema says so in its metadata. */
export function isWriteOnly(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && z.globalRegistry.get(presentSchema(schema))?.['writeOnly'] === true;
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

/** Insertions, deletions, replacements and swaps of neighbours from one word to the other (optimal string alignment). */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= from.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? at(row - 2, column - 2) + 1 : Infinity;
      rows[row]?.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1));
    }
  }
  return at(from.length, to.length);
}
