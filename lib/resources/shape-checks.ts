import { quoted } from '../base/quoted.ts';
import type { z } from 'zod';
import type { FindingLog } from './finding.ts';
import { isWriteOnly, membersOf, nearestName, schemaAt } from './schema-members.ts';

type Path = readonly (string | number)[];

/**
 * Notes every way in which a body does not have its schema's shape. Answers the paths of the parts that have a wrong type, which
 * have to be left out before the kind's rules can judge the rest; unknown members do not hinder them.
 */
export function checkShape(log: FindingLog, schema: z.ZodType, body: unknown): readonly Path[] {
  const read = schema.safeParse(body);
  if (read.success) return [];
  return read.error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    const place = logAtPath(log, path);
    if (issue.code === 'unrecognized_keys') {
      const known = membersOf(schemaAt(schema, path));
      for (const key of issue.keys) noteUnknown(place.member(key), key, known);
      return [];
    }
    const value = valueAt(body, path);
    const shown = isWriteOnly(schemaAt(schema, path)) ? sortOf(value) : describe(value);
    place.error(issue.code === 'invalid_type' ? 'WRONG_TYPE' : 'INVALID_VALUE', messageOf(issue, shown));
    return [path];
  });
}

function noteUnknown(log: FindingLog, key: string, known: readonly string[]): void {
  const nearest = nearestName(key, known);
  const list = known.length === 0 ? 'nothing may stand here' : `known here: ${known.join(', ')}`;
  log.error(
    'UNKNOWN_FIELD',
    `unknown field ${quoted(key)}; ${nearest === undefined ? list : `did you mean ${nearest}?`}`,
  );
}

/** The log at a path such as `['http', 0, 'match', 1, 'headers', 'x-user']`. */
export function logAtPath(log: FindingLog, path: Path): FindingLog {
  return path.reduce((at, part) => (typeof part === 'number' ? at.at(`[${part}]`) : at.member(part)), log);
}

function messageOf(issue: z.core.$ZodIssue, shown: string): string {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- zod says the rest well enough itself
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${nameOf(issue.expected)}, not ${shown}`;
    case 'invalid_value':
      return `${shown} is not a value of this field; use one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `port, count or length is too large: at most ${String(issue.maximum)}`;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text (put it in quotes)',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with members',
  record: 'an object with members',
};

const nameOf = (type: string): string => typeNames[type] ?? type;

/** A value as messages name it that may not quote it (STO-9). */
function sortOf(value: unknown): string {
  if (value === null) return 'null, may not be null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function describe(value: unknown): string {
  if (typeof value === 'object' || value === undefined) return sortOf(value);
  return typeof value === 'string'
    ? `the text ${quoted(value.slice(0, 60))}`
    : `the ${typeof value} ${JSON.stringify(value)}`;
}

function valueAt(body: unknown, path: Path): unknown {
  let value = body;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value;
}
