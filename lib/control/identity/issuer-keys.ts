import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { durationMs, type EpochMs } from '../../base/brand.ts';
import { isMembers } from '../../base/members.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { BelievedIssuer } from './access.ts';
import type { KeysOf } from './verify-token.ts';

/** The JSON at a URL, fetched under the limits of IDN-5. Rejects when there is none. */
export type FetchJson = (url: string) => Promise<unknown>;

export interface IssuerKeysPorts {
  readonly fetchJson: FetchJson;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Keys are looked for anew after this time, so that a key that was withdrawn is not believed for longer. */
const KEPT = durationMs(10 * 60_000);
/** How soon keys are fetched again, whoever asks: tokens with invented key names must not become requests to the issuer. */
const PAUSE = durationMs(30_000);

interface HeldKeys {
  readonly keys: JWTVerifyGetKey | undefined;
  /** When they were asked for last. */
  readonly at: EpochMs;
  /** When they were had last: what cannot be fetched is believed for twice the usual time, and then no longer. */
  readonly hadAt: EpochMs;
}

/** Keeps the keys of issuers, and fetches them when they are needed. */
export function issuerKeys({ fetchJson, clock, log }: IssuerKeysPorts): KeysOf {
  const held = new Map<string, HeldKeys>();
  const fetching = new Map<string, Promise<HeldKeys>>();

  const fetched = async (believed: BelievedIssuer, before: HeldKeys | undefined): Promise<HeldKeys> => {
    const at = clock.now();
    try {
      const keys = createLocalJWKSet(keySet(await fetchJson(await addressOf(believed, fetchJson))));
      return { keys, at, hadAt: at };
    } catch (error) {
      log.warn('issuer-keys-unavailable', { issuer: believed.issuer, error });
      const isOld = before === undefined || at - before.hadAt > 2 * KEPT;
      return { keys: isOld ? undefined : before.keys, at, hadAt: before?.hadAt ?? at };
    }
  };
  const fetchTogether = (believed: BelievedIssuer, before: HeldKeys | undefined): Promise<HeldKeys> => {
    const { issuer } = believed;
    const under = fetching.get(issuer);
    if (under) return under;
    const next = fetched(believed, before).then((found) => {
      held.set(issuer, found);
      return found;
    });
    fetching.set(issuer, next);
    return next.finally(() => fetching.delete(issuer));
  };

  return async (believed, wanted) => {
    const { issuer, keys } = believed;
    const known = held.get(issuer);
    if (keys.from === 'file') {
      if (known) return known.keys;
      const made = { keys: createLocalJWKSet(keySet({ keys: keys.keys })), at: clock.now(), hadAt: clock.now() };
      held.set(issuer, made);
      return made.keys;
    }
    const age = known === undefined ? Infinity : clock.now() - known.at;
    const isWanted = known?.keys === undefined || wanted === 'fresh' || age > KEPT;
    if (known !== undefined && (!isWanted || age < PAUSE)) return known.keys;
    return (await fetchTogether(believed, known)).keys;
  };
}

/** Where an issuer's keys are. Source: OpenID Connect Discovery 1.0, section 4. */
async function addressOf({ issuer, keys }: BelievedIssuer, fetchJson: FetchJson): Promise<string> {
  if (keys.from === 'url') return keys.url;
  const found = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: said, jwks_uri: url } = isMembers(found) ? found : {};
  if (said !== issuer) throw new RangeError(`the discovery document is of another issuer: ${String(said)}`);
  if (typeof url !== 'string') throw new RangeError('the discovery document has no jwks_uri');
  return url;
}

/** Keys that anybody may have: one that can sign is left out, and so is one of a form that is not meant to verify. */
function keySet(found: unknown): JSONWebKeySet {
  const { keys } = isMembers(found) ? found : {};
  if (!Array.isArray(keys)) throw new RangeError('there is no JSON Web Key Set');
  const usable = keys.filter(
    (key: unknown) => isMembers(key) && ['RSA', 'EC', 'OKP'].includes(String(key['kty'])) && !('d' in key),
  );
  return { keys: usable as JSONWebKeySet['keys'] };
}
