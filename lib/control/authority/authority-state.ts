import { type DurationMs, durationMs, type EpochMs, epochMs, plus } from '../../base/brand.ts';
import type { RecordKey } from '../../ports/records.ts';
import { type AuthoritySettings, graceOf } from './authority-settings.ts';

/** A root of the authority's own. */
export interface Root {
  /** SHA-256 of its certificate. */
  readonly id: string;
  /** Of its private key, in `SigningKeys`. */
  readonly keyId: string;
  /** PEM. */
  readonly certificate: string;
  /** Since when proxies are told of it. */
  readonly since: EpochMs;
  readonly notAfter: EpochMs;
  /** Believed until then: the last certificate that it signed has ended. Absent for the one that signs, and for the next one. */
  readonly until?: EpochMs;
}

/** All that the authority remembers: one record, moved by conditional write, so that all who sign agree. */
export interface AuthorityState {
  /** The id of the root that signs. */
  readonly signer: string;
  /** All that are believed. */
  readonly roots: readonly Root[];
  /** The longest lifetime that any certificate may have been given. */
  readonly longestTtl: DurationMs;
}

export const STATE_KEY: RecordKey = { partition: 'authority', id: 'state' };

/** Somebody who read the state just before a change may still sign with the root that was replaced. */
const READ_BEFORE: DurationMs = durationMs(10 * 60_000);

export type RotationPlan =
  | { readonly plan: 'keep' }
  /** A root has to be made, with a key of its own. */
  | { readonly plan: 'make' }
  | { readonly plan: 'write'; readonly step: 'noted-ttl' | 'switched' | 'dropped'; readonly state: AuthorityState };

/** What moves a rotation on: the clock alone, or somebody who wants a new root now. */
export interface RotationAsk {
  readonly now: EpochMs;
  readonly settings: AuthoritySettings;
  readonly isWanted?: boolean;
}

/**
 * The next step of a rotation. There are two phases: a new root is told to everybody for as long as the longest certificate lives, so that
 * whoever has not heard of it by then has no certificate either; only then it signs. The old one is believed until the last certificate that
 * it signed has ended.
 */
export function planRotation(state: AuthorityState | undefined, ask: RotationAsk): RotationPlan {
  if (!state) return { plan: 'make' };
  const { now, settings } = ask;
  if (settings.maxTtl > state.longestTtl) {
    return { plan: 'write', step: 'noted-ttl', state: { ...state, longestTtl: settings.maxTtl } };
  }
  const signer = signerOf(state);
  const next = nextRoot(state);
  const hasEnded = signer === undefined || signer.notAfter <= now;
  if (next && (hasEnded || plus(next.since, state.longestTtl) <= now)) {
    return { plan: 'write', step: 'switched', state: switched(state, next, now) };
  }
  const kept = state.roots.filter(({ until }) => until === undefined || until > now);
  if (kept.length < state.roots.length) return { plan: 'write', step: 'dropped', state: { ...state, roots: kept } };
  const isDue = hasEnded || signer.notAfter - now <= graceOf(settings);
  return !next && (isDue || ask.isWanted === true) ? { plan: 'make' } : { plan: 'keep' };
}

export const signerOf = ({ roots, signer }: AuthorityState): Root | undefined => roots.find(({ id }) => id === signer);

/** The root that will sign, if one has been made. */
export const nextRoot = ({ roots, signer }: AuthorityState): Root | undefined =>
  roots.find(({ id, until }) => id !== signer && until === undefined);

function switched(state: AuthorityState, next: Root, now: EpochMs): AuthorityState {
  const believed = epochMs(now + state.longestTtl + READ_BEFORE);
  const roots = state.roots.map((root) => {
    if (root.id !== state.signer) return root;
    return { ...root, until: epochMs(Math.min(believed, root.notAfter)) };
  });
  return { ...state, roots, signer: next.id };
}

/** The state with one more root: the first one signs at once. */
export function withRoot(state: AuthorityState | undefined, root: Root, settings: AuthoritySettings): AuthorityState {
  if (!state) return { signer: root.id, roots: [root], longestTtl: settings.maxTtl };
  return { ...state, roots: [...state.roots, root] };
}

/** The state in which nothing is believed but the new root, for when a key has leaked. */
export function distrusting(root: Root, settings: AuthoritySettings): AuthorityState {
  return withRoot(undefined, root, settings);
}
