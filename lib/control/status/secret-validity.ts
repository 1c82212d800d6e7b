import type { EpochMs } from '../../base/brand.ts';
import type { Condition } from '../../resources/conditions.ts';
import type { Resource } from '../../resources/resource.ts';
import { factsOf } from '../../resources/secret-values.ts';
import { expiryOf, troublesOf } from '../../resources/secret-validity.ts';
import type { DatedCondition } from './transition-times.ts';

type Secret = Resource<'Secret'>;

export const isSecret = (resource: Resource): resource is Secret => resource.kind === 'Secret';

/**
 * `Valid`: whether what is in a Secret can be used, and how long yet. Of one without certificates there is nothing to say. Worked out
 * when asked for, by the clock of that moment; `changed` is when its values came to be.
 */
export function validityOf({ spec, metadata }: Secret, changed: EpochMs, now: EpochMs): readonly DatedCondition[] {
  const facts = factsOf(spec);
  if (!facts.pair && !facts.trust) return [];
  const troubles = troublesOf(facts, now);
  const [first] = troubles;
  const type = 'Valid';
  const observed = { observedGeneration: metadata.generation ?? 0 };
  const end = expiryOf(facts);
  if (first === undefined || first.reason === 'ExpiresSoon') {
    const message = first?.message ?? (facts.pair?.leaf ? `until ${facts.pair.leaf.notAfter}` : '');
    const condition: Condition = { type, status: 'True', reason: first?.reason ?? 'Valid', message, ...observed };
    return [{ condition, since: changed }];
  }
  const kept = 'lastGood' in spec && spec.lastGood ? 'proxies keep what they could use last' : 'no proxy is given it';
  const effect = troubles.every(({ isServed }) => isServed) ? [] : [kept];
  const message = [...troubles.map((trouble) => trouble.message), ...effect].join('; ');
  const since = first.reason === 'Expired' && end !== undefined && end > changed ? end : changed;
  return [{ condition: { type, status: 'False', reason: first.reason, message, ...observed }, since }];
}

/** How long a Secret's first certificate lasts yet, in seconds; negative since it has expired. */
export interface SecretExpiry {
  readonly namespace: string;
  readonly name: string;
  readonly seconds: number;
}

export interface SecretHealth {
  /** Those that end first come first. */
  readonly expiries: readonly SecretExpiry[];
  /** How many Secrets have a trouble, by its reason. */
  readonly troubles: ReadonlyMap<string, number>;
}

/** What the metrics tell of all Secrets. */
export function secretHealth(resources: readonly Resource[], now: EpochMs): SecretHealth {
  const expiries: SecretExpiry[] = [];
  const troubles = new Map<string, number>();
  for (const { metadata, spec } of resources.filter(isSecret)) {
    const facts = factsOf(spec);
    const end = expiryOf(facts);
    const { namespace, name } = metadata;
    if (end !== undefined) expiries.push({ namespace, name, seconds: Math.floor((end - now) / 1000) });
    for (const reason of new Set(troublesOf(facts, now).map((trouble) => trouble.reason))) {
      troubles.set(reason, (troubles.get(reason) ?? 0) + 1);
    }
  }
  return { expiries: expiries.sort((a, b) => a.seconds - b.seconds), troubles };
}
