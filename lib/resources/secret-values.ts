import type { ResourceKey } from './resource.ts';
import { secretFacts, type SecretFacts } from './secret-facts.ts';
import type { SealedSecret, SealedValue, SecretPart, ServedPart, WrittenSecret } from './secret-spec.ts';
import { writtenValues } from './written-values.ts';

export const isSealed = (spec: WrittenSecret | SealedSecret): spec is SealedSecret => 'sealed' in spec;

/** Where a value of a Secret belongs: what binds its sealed form to it. */
export const placeOfValue = (key: ResourceKey, name: string): string => `${key}/${name}`;

/** What is public about a Secret, stored or not. */
export function factsOf(spec: WrittenSecret | SealedSecret): SecretFacts {
  return isSealed(spec) ? spec.facts : secretFacts(writtenValues(spec));
}

type PartNames<Part extends SecretPart> = (part: NonNullable<SecretFacts[Part]>) => readonly (string | undefined)[];

/** Names of the values that make up each part. */
const namesIn: { readonly [Part in SecretPart]: PartNames<Part> } = {
  pair: ({ chain, key, ocspStaple }) => [chain, key, ocspStaple],
  trust: ({ authorities, crl }) => [authorities, crl],
};

/** A part that can be used, with its sealed values; `undefined` where there is none, or it cannot be used as it is. */
export function usablePart<Part extends SecretPart>(
  { sealed, facts }: Pick<SealedSecret, 'sealed' | 'facts'>,
  part: Part,
): ServedPart<Part> | undefined {
  const found = facts[part];
  if (found === undefined || found.problems.length > 0) return undefined;
  const names = namesIn[part](found).filter((name) => name !== undefined);
  const values = names.flatMap((name): [string, SealedValue][] => {
    const value = sealed[name];
    return value ? [[name, value]] : [];
  });
  return { sealed: Object.fromEntries(values), facts: found };
}

/**
 * What proxies are given as this part of a Secret: its values where they can be used, else those that could be used last
 * (docs/decisions/0020); `undefined` where there was never any.
 */
export function servedPart<Part extends SecretPart>(spec: SealedSecret, part: Part): ServedPart<Part> | undefined {
  const lastGood: ServedPart<Part> | undefined = spec.lastGood?.[part];
  return usablePart(spec, part) ?? lastGood;
}
