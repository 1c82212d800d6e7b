import protobuf from 'protobufjs';
import { isIpAddress } from '../../lib/base/ip-address.ts';

type Json = Readonly<Record<string, unknown>>;
type Rules = Readonly<Record<string, unknown>>;

/**
 * What the rules of protoc-gen-validate in a type's descriptor have against a value in canonical proto3 JSON, each with its path.
 * Nested messages and Any are opened. A rule that this file does not know is an error, never a rule that holds.
 * Source: the README of protoc-gen-validate, "Constraint Rules".
 */
export function pgvProblems(type: protobuf.Type, value: Json): readonly string[] {
  const problems: string[] = [];
  checkMessage(type, value, { path: '', report: (path, problem) => problems.push(`${path}: ${problem}`) });
  return problems;
}

interface Place {
  readonly path: string;
  readonly report: (path: string, problem: string) => void;
}

function checkMessage(type: protobuf.Type, value: Json, at: Place): void {
  if (type.fullName === '.google.protobuf.Any') return checkAny(type, value, at);
  if (type.fullName.startsWith('.google.protobuf.')) return;
  for (const oneof of type.oneofsArray) {
    const isRequired = optionOf(oneof, '(validate.required)') === true;
    if (isRequired && !oneof.fieldsArray.some(({ name }) => name in value)) at.report(at.path, `needs ${oneof.name}`);
  }
  for (const field of type.fieldsArray) {
    checkField(field, value[field.name], { ...at, path: `${at.path}.${field.name}` });
  }
}

function checkAny(type: protobuf.Type, value: Json, at: Place): void {
  const { '@type': typeUrl, ...rest } = value;
  const name = String(typeUrl).split('/').at(-1) ?? '';
  const inside = type.root.lookupType(name);
  checkMessage(inside, rest, { ...at, path: `${at.path}.[${inside.name}]` });
}

function checkField(field: protobuf.Field, value: unknown, at: Place): void {
  const rules = (optionOf(field, '(validate.rules)') ?? {}) as Rules;
  if (field.map) return checkMap(field, (value ?? {}) as Json, { rules, at });
  if (field.repeated) return checkList(field, (value ?? []) as readonly unknown[], { rules, at });
  checkSingle(field, value, { rules, at });
}

interface Ruled {
  readonly rules: Rules;
  readonly at: Place;
}

function checkMap(field: protobuf.Field, value: Json, { rules, at }: Ruled): void {
  const { min_pairs: minimum = 0, keys = {}, ...unknown } = (rules['map'] ?? {}) as Rules;
  refuseUnknown(unknown, at);
  if (Object.keys(value).length < Number(minimum))
    at.report(at.path, `has fewer than ${JSON.stringify(minimum)} pairs`);
  for (const [key, item] of Object.entries(value)) {
    const place = { ...at, path: `${at.path}[${key}]` };
    checkRules(key, keys as Rules, { field, at: place });
    if (field.resolvedType instanceof protobuf.Type) checkMessage(field.resolvedType, item as Json, place);
  }
}

function checkList(field: protobuf.Field, items: readonly unknown[], { rules, at }: Ruled): void {
  const {
    min_items: minimum,
    max_items: maximum,
    unique,
    items: each = {},
    ...unknown
  } = (rules['repeated'] ?? {}) as Rules;
  refuseUnknown(unknown, at);
  if (minimum !== undefined && items.length < Number(minimum))
    at.report(at.path, `has fewer than ${JSON.stringify(minimum)} items`);
  if (maximum !== undefined && items.length > Number(maximum))
    at.report(at.path, `has more than ${JSON.stringify(maximum)} items`);
  const texts = items.map((item) => JSON.stringify(item));
  if (unique === true && new Set(texts).size < items.length) at.report(at.path, 'has equal items');
  for (const [index, item] of items.entries()) {
    checkSingle(field, item, { rules: each as Rules, at: { ...at, path: `${at.path}[${index}]` } });
  }
}

function checkSingle(field: protobuf.Field, value: unknown, { rules, at }: Ruled): void {
  const { message, ...own } = rules as { message?: Rules };
  const { required, skip, ...unknown } = message ?? {};
  refuseUnknown(unknown, at);
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    if (required === true && value === undefined && field.partOf === null) at.report(at.path, 'is required');
    if (value !== undefined || field.partOf === null) checkRules(value, own, { field, at });
    if (value !== undefined && skip !== true) checkMessage(type, value as Json, at);
    return;
  }
  if (value === undefined && field.hasPresence) return;
  checkRules(value ?? defaultOf(field), own, { field, at });
}

interface RuledField {
  readonly field: protobuf.Field;
  readonly at: Place;
}

/** At most one kind of rules stands on a value: `string`, `uint32`, `duration`, … */
function checkRules(value: unknown, kinds: Rules, { field, at }: RuledField): void {
  for (const [kind, rules] of Object.entries(kinds)) {
    for (const problem of problemsOf(kind, value, { rules: rules as Rules, field })) at.report(at.path, problem);
  }
}

type Values = { readonly rules: Rules; readonly field: protobuf.Field };

function problemsOf(kind: string, value: unknown, { rules, field }: Values): readonly string[] {
  if (kind === 'duration' || kind === 'any' || kind === 'timestamp') {
    const { required, ...others } = rules;
    if (value === undefined) return required === true ? ['is required'] : [];
    return kind === 'duration' ? failed(seconds(value), others) : failed(value, others);
  }
  if (value === undefined) return []; // a wrapper that is not set
  const { ignore_empty: ignoresEmpty, ...others } = rules;
  if (ignoresEmpty === true && (value === '' || value === 0)) return [];
  switch (kind) {
    case 'string':
      return failed(value, others);
    case 'bytes':
      return failed(Buffer.from(value as string, 'base64').toString('latin1'), others);
    case 'enum':
      return failed(enumValue(field, value), { ...others, enumeration: field.resolvedType });
    default:
      return failed(typeof value === 'boolean' ? value : Number(value), others);
  }
}

function failed(value: unknown, rules: Rules): readonly string[] {
  const { strict, enumeration, ...tests } = rules;
  return Object.entries(tests).flatMap(([name, limit]) => {
    const test = TESTS[name];
    if (test === undefined) throw new Error(`rule ${name} is not known here`);
    const bound = seconds(limit);
    const holds = test(value as never, bound as never, { isStrict: strict !== false, enumeration });
    return holds ? [] : [`${JSON.stringify(value)} breaks ${name} ${JSON.stringify(bound)}`];
  });
}

interface TestOptions {
  readonly isStrict: boolean;
  readonly enumeration: unknown;
}

const bytes = (text: string): number => Buffer.byteLength(text);

const TESTS: Readonly<Record<string, (value: never, limit: never, options: TestOptions) => boolean>> = {
  const: (value: unknown, limit: unknown) => value === limit,
  lt: (value: number, limit: number) => value < limit,
  lte: (value: number, limit: number) => value <= limit,
  gt: (value: number, limit: number) => value > limit,
  gte: (value: number, limit: number) => value >= limit,
  in: (value: unknown, limit: unknown) => [limit].flat().includes(value),
  not_in: (value: unknown, limit: unknown) => ![limit].flat().includes(value),
  len: (value: string, limit: number) => [...value].length === limit,
  min_len: (value: string, limit: number) => [...value].length >= limit,
  max_len: (value: string, limit: number) => [...value].length <= limit,
  min_bytes: (value: string, limit: number) => bytes(value) >= limit,
  max_bytes: (value: string, limit: number) => bytes(value) <= limit,
  pattern: (value: string, limit: string) => new RegExp(limit, 'u').test(value),
  prefix: (value: string, limit: string) => value.startsWith(limit),
  suffix: (value: string, limit: string) => value.endsWith(limit),
  ip: (value: string) => isIpAddress(value),
  uri: (value: string) => URL.canParse(value),
  uri_ref: (value: string) => URL.canParse(value, 'http://base'),
  well_known_regex: (value: string, limit: string, { isStrict }) => headerPattern(limit, isStrict).test(value),
  defined_only: (value: number, _limit: boolean, { enumeration }) =>
    enumeration instanceof protobuf.Enum && enumeration.valuesById[value] !== undefined,
};

/** The bounds of header names and values; the loose ones only keep out what would end a line. */
function headerPattern(name: string, isStrict: boolean): RegExp {
  if (!isStrict) return /^[^\0\n\r]*$/u;
  return name === 'HTTP_HEADER_NAME' ? /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/u : /^(?:\t|[^\p{Cc}])*$/u;
}

/** A duration in seconds, written as JSON (`1.5s`) or as an option (`{seconds, nanos}`); anything else as it is. */
function seconds(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?s$/.test(value)) return Number(value.slice(0, -1));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { seconds: whole = 0, nanos = 0 } = value as { seconds?: number; nanos?: number };
  return Number(whole) + Number(nanos) / 1e9;
}

function enumValue(field: protobuf.Field, value: unknown): unknown {
  if (typeof value !== 'string') return value ?? 0;
  return field.resolvedType instanceof protobuf.Enum ? field.resolvedType.values[value] : undefined;
}

function defaultOf(field: protobuf.Field): unknown {
  if (field.resolvedType instanceof protobuf.Enum) return 0;
  if (field.type === 'bool') return false;
  return field.type === 'string' || field.type === 'bytes' ? '' : 0;
}

function optionOf(subject: protobuf.ReflectionObject, name: string): unknown {
  const options = (subject as { parsedOptions?: readonly Rules[] | null }).parsedOptions ?? [];
  return options.find((option) => name in option)?.[name];
}

function refuseUnknown(rules: Rules, at: Place): void {
  const [name] = Object.keys(rules);
  if (name !== undefined) throw new Error(`rule ${name} at ${at.path} is not known here`);
}
