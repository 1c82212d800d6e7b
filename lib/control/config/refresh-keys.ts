import { type DurationMs, durationMs, epochMs, plus } from '../../base/brand.ts';
import { parseDuration } from '../../base/duration.ts';
import { haveKeysChanged, type WebKey } from '../../base/key-set.ts';
import type { Etag } from '../../ports/records.ts';
import { type KeySetAddress, keySetName } from '../../resources/key-set-name.ts';
import { preferredApiVersion } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ConfigSource } from '../build/worlds.ts';
import { listAll } from '../list-all.ts';
import type { ConfigStore } from './config-store.ts';
import { type FetchedKeys, fetchKeys, type KeyFetching } from './fetch-keys.ts';
import { noteKeyOutcomes } from './key-conditions.ts';
import { KEY_STATES, type KeyFetchState, keyOfState } from './key-fetch-state.ts';
import { writeObject } from './write-object.ts';

/** Under which name keys come into the history that were fetched. */
const KEY_FETCHER = 'pilotless/key-sets';

export interface RefreshedKeys extends Pick<KeyFetching, 'fetcher' | 'onAttempt'> {
  readonly config: Pick<ConfigSource, 'readNewest'>;
  readonly store: ConfigStore;
}

export interface RefreshReport {
  /** Issuers whose turn it was. */
  readonly asked: number;
  readonly changed: number;
  readonly failed: number;
  /** Those whose keys were taken away, because nobody asked for them, or they could not be had, for a week. */
  readonly evicted: number;
}

/** JWKS-8: how long keys are good, and when the next attempt comes after a failure: doubled with each, up to an hour. */
const REFRESH_INTERVAL = durationMs(20 * 60_000);
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 60 * 60_000;
/** JWKS-9 */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** RA-11 */
const USUAL_TIMEOUT = durationMs(5_000);
/** Issuers that are asked at the same time. */
const AT_ONCE = 16;

/**
 * Fetches the keys of issuers whose turn it is: those that some rule names and that were never asked, and those whose time has
 * come. Keys that changed make a revision; what cannot be fetched keeps what is there, and a condition on each
 * RequestAuthentication says why.
 */
export async function refreshKeys(ports: RefreshedKeys): Promise<RefreshReport> {
  const { store, config } = ports;
  const { resources } = await config.readNewest();
  const policies = resources.filter((each) => each.kind === 'RequestAuthentication');
  const states = await readStates(store);
  if (policies.length === 0 && states.size === 0) return NOTHING_DONE;
  const keySets = new Map(resources.flatMap((each) => (each.kind === 'KeySet' ? [[each.metadata.name, each]] : [])));
  const used = usedAddresses(policies);
  const now = store.clock.now();
  const isDue = ({ name }: UsedKeys): boolean => (states.get(name)?.nextAttempt ?? 0) <= now;
  const due = [...used.values()].filter(isDue);
  const report = { asked: due.length, changed: 0, failed: 0, evicted: 0 };
  for (let at = 0; at < due.length; at += AT_ONCE) {
    const asked = due.slice(at, at + AT_ONCE);
    const found = await Promise.all(
      asked.map((each) => fetchKeys({ ...ports, clock: store.clock }, each, each.timeout)),
    );
    for (const [index, each] of asked.entries()) {
      const { noted, isChanged } = await noteFetched(ports, {
        ...each,
        before: states.get(each.name),
        found: found[index],
      });
      if (noted.failures > 0) report.failed += 1;
      if (isChanged) report.changed += 1;
      states.set(each.name, noted);
    }
  }
  report.evicted = await evict(ports, { states, used, keySets });
  await noteKeyOutcomes(store, policies, (name) => states.get(name));
  if (report.asked + report.evicted > 0) store.log.info('refresh-keys', { ...report });
  return report;
}

interface HeldState extends KeyFetchState {
  readonly etag: Etag | undefined;
}

async function readStates({ records }: ConfigStore): Promise<Map<string, HeldState>> {
  const states = new Map<string, HeldState>();
  for await (const { id, record, etag } of listAll<KeyFetchState>(records, KEY_STATES))
    states.set(id, { ...record, etag });
  return states;
}

const NOTHING_DONE: RefreshReport = { asked: 0, changed: 0, failed: 0, evicted: 0 };

interface UsedKeys extends KeySetAddress {
  readonly name: string;
  readonly timeout: DurationMs;
}

type Policy = Resource<'RequestAuthentication'>;

/** JWKS-1: those whose keys do not stand in the rule, each once; the shortest time that a rule gives holds. */
function usedAddresses(policies: readonly Policy[]): ReadonlyMap<string, UsedKeys> {
  const used = new Map<string, UsedKeys>();
  for (const { issuer = '', jwksUri = '', jwks = '', timeout = '' } of policies.flatMap(
    ({ spec }) => spec.jwtRules ?? [],
  )) {
    if (jwks !== '') continue;
    const name = keySetName({ issuer, jwksUri });
    const wanted = parseDuration(timeout) ?? USUAL_TIMEOUT;
    const known = used.get(name)?.timeout ?? wanted;
    used.set(name, { name, issuer, jwksUri, timeout: durationMs(Math.min(known, wanted)) });
  }
  return used;
}

interface Fetched extends UsedKeys {
  readonly before: HeldState | undefined;
  readonly found: FetchedKeys | undefined;
}

interface Noted {
  readonly noted: HeldState;
  readonly isChanged: boolean;
}

/** The keys first: a state that says "fetched" without them would have everybody wait for the next turn. */
async function noteFetched(ports: RefreshedKeys, { before, found, ...address }: Fetched): Promise<Noted> {
  const { store } = ports;
  const isFetched = found?.outcome === 'fetched';
  const written = isFetched ? await writeKeys(store, address, found.keys) : 'failed';
  const now = store.clock.now();
  const failures = written === 'failed' ? (before?.failures ?? 0) + 1 : 0;
  const wait = failures === 0 ? REFRESH_INTERVAL : retryAfter(failures);
  const problem =
    found?.outcome === 'failed'
      ? { reason: found.reason, message: found.message }
      : { reason: 'NotStored', message: 'the keys could not be stored' };
  if (failures > 0) store.log.warn('fetch-keys-failed', { issuer: address.issuer, uri: address.jwksUri, ...problem });
  const record: KeyFetchState = {
    lastRefreshed: failures === 0 ? now : (before?.lastRefreshed ?? epochMs(0)),
    lastUsed: now,
    failures,
    nextAttempt: plus(now, wait),
    ...(failures > 0 && { problem }),
  };
  const etag = await store.records.putIf(keyOfState(address.name), record, before?.etag);
  // Whoever was first has written what it found; the next round goes by that.
  return { noted: { ...record, etag }, isChanged: written === 'changed' };
}

const retryAfter = (failures: number): DurationMs =>
  durationMs(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)));

/** JWKS-11: a revision only where the keys are others. */
async function writeKeys(
  store: ConfigStore,
  { name, issuer, jwksUri }: UsedKeys,
  keys: readonly WebKey[],
): Promise<'changed' | 'same' | 'failed'> {
  const target = { kind: 'KeySet', namespace: '', name } as const;
  let isSame = false;
  const written = await writeObject(store, { target, writer: KEY_FETCHER, isDryRun: false }, (existing) => {
    const jwks = textAt(existing?.object, 'spec', 'jwks');
    isSame = jwks !== undefined && !haveKeysChanged(jwks, keys);
    if (isSame) return { step: 'stop', answer: { outcome: 'exists' } };
    const frame = { apiVersion: preferredApiVersion('KeySet'), kind: 'KeySet', metadata: { name } };
    return { step: 'write', document: { ...frame, spec: { issuer, jwksUri, jwks: JSON.stringify({ keys }) } } };
  });
  if (isSame) return 'same';
  return written.outcome === 'done' ? 'changed' : 'failed';
}

function textAt(object: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    object,
  );
  return typeof found === 'string' ? found : undefined;
}

interface Known {
  readonly states: Map<string, HeldState>;
  readonly used: ReadonlyMap<string, UsedKeys>;
  readonly keySets: ReadonlyMap<string, Resource<'KeySet'>>;
}

/** JWKS-9, JWKS-10: keys that nobody asked for, or that could not be had anew, for a week; and what is known of a failure that nobody asks for. */
async function evict({ store }: RefreshedKeys, { states, used, keySets }: Known): Promise<number> {
  const now = store.clock.now();
  let evicted = 0;
  for (const [name, { etag, lastRefreshed, lastUsed }] of states) {
    const isOld = now - lastRefreshed > KEPT_MS;
    const isForgotten = !used.has(name) && (now - lastUsed > KEPT_MS || !keySets.has(name));
    if (!isForgotten && !(isOld && keySets.has(name))) continue;
    if (keySets.has(name)) {
      const target = { kind: 'KeySet', namespace: '', name } as const;
      await writeObject(store, { target, writer: KEY_FETCHER, isDryRun: false }, () => ({ step: 'remove' }));
      evicted += 1;
    }
    if (!isForgotten) continue;
    await store.records.removeIf(keyOfState(name), etag);
    states.delete(name);
  }
  return evicted;
}
