import type { Issue } from '../../base/issue.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import { findingLog } from '../../resources/finding.ts';
import { keyOf, type Resource, type ResourceKey } from '../../resources/resource.ts';
import { secretFacts, type SecretFacts } from '../../resources/secret-facts.ts';
import { sourceOf } from '../../resources/secret-source.ts';
import { isMask, MASK_BASE64 } from '../../resources/secret-mask.ts';
import {
  type LastGoodParts,
  OPAQUE,
  type SealedSecret,
  type SealedValue,
  type WrittenSecret,
} from '../../resources/secret-spec.ts';
import { isSealed, placeOfValue, usablePart } from '../../resources/secret-values.ts';
import { writtenValues } from '../../resources/written-values.ts';
import type { ExistingObject } from './existing-objects.ts';

type Secret = Resource<'Secret'>;

export type Sealing =
  | { readonly ok: true; readonly resource: Secret; readonly facts: SecretFacts }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** The values in plain, by name; `key` is the Secret's. Whoever calls this has made sure that the values may be had. */
export async function openValues(
  box: Pick<SecretBox, 'open'>,
  key: ResourceKey,
  sealed: Readonly<Record<string, SealedValue>>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = Object.entries(sealed).map(async ([name, value]): Promise<[string, Uint8Array]> => {
    return [name, await box.open(value.box, placeOfValue(key, name))];
  });
  return new Map(await Promise.all(entries));
}

/**
 * The form in which a written Secret is stored (STO-9). A value that is the stored one, or the mask that was shown for it, keeps its
 * sealed form: the same document makes the same object, whatever the key does. A part that no proxy can use brings along what could
 * be used last (docs/decisions/0020).
 */
export async function sealSecret(
  box: SecretBox,
  written: Secret,
  existing: ExistingObject | undefined,
): Promise<Sealing> {
  if (isSealed(written.spec)) return { ok: true, resource: written, facts: written.spec.facts };
  const before = storedSecret(existing);
  const spec = withFetchedValues(written, written.spec, before);
  const values = await compared(box, { key: keyOf(written), spec, before });
  const issues = [...unknownMasks(spec, values), ...changesOfImmutable(spec, values, before)];
  if (issues.length > 0) return { ok: false, issues };
  const isSame = before !== undefined && isSameValues(values, before);
  const facts = isSame ? before.facts : secretFacts(await opened(box, keyOf(written), values));
  const sealed = await sealedValues(box, keyOf(written), values);
  const { immutable } = spec;
  const lastGood = lastGoodOf({ sealed, facts }, before);
  const stored: SealedSecret = {
    type: spec.type || OPAQUE,
    ...(immutable !== undefined && { immutable }),
    ...{ sealed, facts },
    ...(lastGood && { lastGood }),
  };
  return { ok: true, resource: { ...written, metadata: withoutValues(written.metadata), spec: stored }, facts };
}

/**
 * A document that names a source and has no values means those that were fetched, until others are: an upload of the same file must
 * not take away what a round has brought.
 */
function withFetchedValues({ metadata }: Secret, spec: WrittenSecret, before: SealedSecret | undefined): WrittenSecret {
  if (sourceOf(metadata) === undefined || !before || writtenValues(spec).size > 0) return spec;
  return { ...spec, data: Object.fromEntries(Object.keys(before.sealed).map((name) => [name, MASK_BASE64])) };
}

function storedSecret(existing: ExistingObject | undefined): SealedSecret | undefined {
  if (existing?.object.kind !== 'Secret') return undefined;
  const spec = existing.object.spec as Secret['spec'];
  return isSealed(spec) ? spec : undefined;
}

/** One value of the document, beside the one that is stored under its name. */
interface ComparedValue {
  readonly bytes: Uint8Array;
  readonly fingerprint: string;
  readonly stored: SealedValue | undefined;
  readonly is: 'kept' | 'new' | 'mask-of-nothing';
}

type ComparedValues = ReadonlyMap<string, ComparedValue>;

interface Comparison {
  readonly key: ResourceKey;
  readonly spec: WrittenSecret;
  readonly before: SealedSecret | undefined;
}

async function compared(box: SecretBox, { key, spec, before }: Comparison): Promise<ComparedValues> {
  const entries = [...writtenValues(spec)].map(async ([name, bytes]): Promise<[string, ComparedValue]> => {
    const stored = before && Object.hasOwn(before.sealed, name) ? before.sealed[name] : undefined;
    if (isMask(bytes)) {
      return [name, { bytes, fingerprint: stored?.fingerprint ?? '', stored, is: stored ? 'kept' : 'mask-of-nothing' }];
    }
    const fingerprint = await box.fingerprint(bytes, placeOfValue(key, name));
    return [name, { bytes, fingerprint, stored, is: fingerprint === stored?.fingerprint ? 'kept' : 'new' }];
  });
  return new Map(await Promise.all(entries));
}

const isSameValues = (values: ComparedValues, { sealed }: SealedSecret): boolean =>
  values.size === Object.keys(sealed).length && [...values.values()].every(({ is }) => is === 'kept');

function unknownMasks({ stringData = {} }: WrittenSecret, values: ComparedValues): readonly Issue[] {
  const log = findingLog();
  for (const [name, { is }] of values) {
    if (is !== 'mask-of-nothing') continue;
    const place = log.at(name in stringData ? 'stringData' : 'data').member(name);
    place.error('INVALID_VALUE', 'is the mask of a stored value, and none is stored under this name; write the value');
  }
  return log.found;
}

function changesOfImmutable(
  spec: WrittenSecret,
  values: ComparedValues,
  before: SealedSecret | undefined,
): readonly Issue[] {
  if (before?.immutable !== true) return [];
  const error = (path: string, message: string): Issue => ({ severity: 'error', code: 'CONFLICT', path, message });
  const remedy = 'the Secret is immutable; delete it and create it anew';
  return [
    ...(spec.immutable === true ? [] : [error('immutable', `cannot be unset: ${remedy}`)]),
    ...(isSameValues(values, before) ? [] : [error('data', `cannot be changed: ${remedy}`)]),
  ];
}

/** All values in plain, those too that the document shows masked: what is public about a pair takes both of its halves. */
async function opened(
  box: SecretBox,
  key: ResourceKey,
  values: ComparedValues,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const masked = [...values].flatMap(([name, { bytes, stored }]): [string, SealedValue][] =>
    stored && isMask(bytes) ? [[name, stored]] : [],
  );
  const shown = [...values].map(([name, { bytes }]) => [name, bytes] as const);
  return new Map([...shown, ...(await openValues(box, key, Object.fromEntries(masked)))]);
}

async function sealedValues(
  box: SecretBox,
  key: ResourceKey,
  values: ComparedValues,
): Promise<Readonly<Record<string, SealedValue>>> {
  const entries = [...values].map(
    async ([name, { bytes, fingerprint, stored, is }]): Promise<[string, SealedValue]> => {
      if (is === 'kept' && stored) return [name, stored];
      return [name, { fingerprint, box: await box.seal(bytes, placeOfValue(key, name)) }];
    },
  );
  return Object.fromEntries(await Promise.all(entries));
}

function lastGoodOf(
  now: Pick<SealedSecret, 'sealed' | 'facts'>,
  before: SealedSecret | undefined,
): LastGoodParts | undefined {
  if (before === undefined) return undefined;
  const isBroken = (part: 'pair' | 'trust'): boolean => (now.facts[part]?.problems.length ?? 0) > 0;
  const pair = isBroken('pair') ? (usablePart(before, 'pair') ?? before.lastGood?.pair) : undefined;
  const trust = isBroken('trust') ? (usablePart(before, 'trust') ?? before.lastGood?.trust) : undefined;
  return pair || trust ? { ...(pair && { pair }), ...(trust && { trust }) } : undefined;
}

/** In which kubectl keeps the whole document that it applied last. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function withoutValues(metadata: Secret['metadata']): Secret['metadata'] {
  const said = metadata.annotations?.[LAST_APPLIED];
  if (said === undefined) return metadata;
  const { [LAST_APPLIED]: _, ...others } = metadata.annotations ?? {};
  const masked = maskedText(said);
  return { ...metadata, annotations: { ...others, ...(masked !== undefined && { [LAST_APPLIED]: masked }) } };
}

/** The text of a document with its values masked; `undefined` for what is none. */
function maskedText(text: string): string | undefined {
  try {
    const { data, stringData, ...document } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const masked = (values: unknown): object =>
      Object.fromEntries(Object.keys(Object(values) as object).map((name) => [name, MASK_BASE64]));
    const both = { ...document, ...(data !== undefined && { data: masked(data) }) };
    return JSON.stringify({ ...both, ...(stringData !== undefined && { stringData: masked(stringData) }) });
  } catch {
    return undefined;
  }
}
