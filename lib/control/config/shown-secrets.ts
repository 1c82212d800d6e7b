import { toBase64 } from '../../base/base64.ts';
import { isMembers, type Members } from '../../base/members.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import type { Resource, ResourceKey } from '../../resources/resource.ts';
import { isSealed, placeOfValue } from '../../resources/secret-values.ts';
import { writtenValue } from '../../resources/written-values.ts';
import { isMask, MASK, MASK_BASE64 } from '../../resources/secret-mask.ts';
import { printDocument } from './print-document.ts';

type SecretDocument = Members & { readonly data: Members };

const isSecret = (document: unknown): document is SecretDocument =>
  isMembers(document) &&
  document['kind'] === 'Secret' &&
  document['apiVersion'] === 'v1' &&
  isMembers(document['data']);

const withValues = (document: SecretDocument, wordOf: (name: string, value: unknown) => unknown): SecretDocument => ({
  ...document,
  data: Object.fromEntries(Object.entries(document.data).map(([name, value]) => [name, wordOf(name, value)])),
});

/** A document as people read it: the mask as a word instead of in base64. An apply takes it as well. */
export function withReadableMasks<Document>(document: Document): Document {
  if (!isSecret(document)) return document;
  return withValues(document, (_, value) => (value === MASK_BASE64 ? MASK : value)) as Document;
}

/** Both sides of a change as people compare them: values of a Secret are masked, and where they differ, the masks do. */
export function withMarkedMasks(
  before: Resource | undefined,
  after: Resource | undefined,
): readonly [Members | undefined, Members | undefined] {
  const [old, now] = [before && printDocument(before), after && printDocument(after)];
  if (!before || !after || !isSecret(old) || !isSecret(now)) return [withReadableMasks(old), withReadableMasks(now)];
  const known = [comparedDocument(before), comparedDocument(after)].map(({ data }) => (isMembers(data) ? data : {}));
  const marked = (document: SecretDocument, word: string): Members =>
    withValues(document, (name) => {
      const [one, other] = known.map((values) => values[name]);
      return one === undefined || other === undefined || one === other ? MASK : `${MASK} (${word})`;
    });
  return [marked(old, 'before'), marked(now, 'after')];
}

/**
 * A document in which equal values are equal texts and other values other texts, for whoever compares two: values of Secrets stand
 * as their fingerprints. Never shown.
 */
export function comparedDocument(resource: Resource): Members {
  const document = printDocument(resource);
  if (resource.kind !== 'Secret' || !isSealed(resource.spec) || !isSecret(document)) return document;
  const { sealed } = resource.spec;
  return withValues(document, (name) => sealed[name]?.fingerprint);
}

/** A change of a Secret with all its values under `data`, where the stored ones stand and have their owners. */
export function withoutStringData(change: Members): Members {
  const { data = {}, stringData, ...others } = change;
  if (!isMembers(stringData) || !isMembers(data)) return change;
  const utf8 = new TextEncoder();
  const encoded = Object.entries(stringData).map(([name, text]) => {
    return [name, typeof text === 'string' ? toBase64(utf8.encode(text)) : text] as const;
  });
  return { ...others, data: { ...data, ...Object.fromEntries(encoded) } };
}

/** The same change with fingerprints for values, to be laid over a `comparedDocument`; masks are left to `withKnownValues`. */
export async function fingerprinted(box: SecretBox, key: ResourceKey, change: Members): Promise<Members> {
  const { data } = change;
  if (!isMembers(data)) return change;
  const entries = Object.entries(data).map(async ([name, text]): Promise<[string, unknown]> => {
    const bytes = typeof text === 'string' ? writtenValue(text) : undefined;
    if (bytes === undefined) return [name, text];
    return [name, isMask(bytes) ? MASK : await box.fingerprint(bytes, placeOfValue(key, name))];
  });
  return { ...change, data: Object.fromEntries(await Promise.all(entries)) };
}

/** A fingerprinted change in which a mask is the stored value. */
export function withKnownValues(change: Members, stored: Members): Members {
  const [data, known] = [change['data'], stored['data']];
  if (!isMembers(data) || !isMembers(known)) return change;
  const entries = Object.entries(data).map(([name, value]) => [name, value === MASK ? known[name] : value] as const);
  return { ...change, data: Object.fromEntries(entries) };
}
