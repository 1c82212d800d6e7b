import { epochMs, plus } from '../../base/brand.ts';
import { readCertificate } from '../../base/certificates.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Etag, Records } from '../../ports/records.ts';
import { type SigningKey, type SigningKeys, SigningKeyUnavailable } from '../../ports/signing-keys.ts';
import type { AuthoritySettings } from './authority-settings.ts';
import {
  type AuthorityState,
  distrusting,
  planRotation,
  type Root,
  signerOf,
  STATE_KEY,
  withRoot,
} from './authority-state.ts';
import { NOT_BEFORE_SLACK } from './issue-certificate.ts';
import { buildRoot } from './build-certificate.ts';
import { AuthorityNotReady, type Issuer, type IssuerSource } from './issuer.ts';

export interface OwnRootsPorts {
  readonly records: Pick<Records, 'get' | 'putIf'>;
  readonly keys: SigningKeys;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly random: (bytes: number) => Uint8Array;
  readonly settings: AuthoritySettings;
  /** The organization in the name of new roots. */
  readonly trustDomain: () => Promise<string>;
}

/** Roots that the authority makes and replaces by itself. */
export interface OwnRoots extends IssuerSource {
  /** What is stored, without making anything. */
  read(): Promise<AuthorityState | undefined>;
  /** Every step of a rotation that is due (CA-10). `isWanted` makes the next root although it is not. */
  rotate(ask?: { readonly isWanted?: boolean }): Promise<AuthorityState>;
  /** Makes a root that signs at once, and believes no other any more: for a key that has leaked. */
  distrust(): Promise<AuthorityState>;
}

/** Others may move the state between our reading and our writing; who has lost so often is in a fight that an operator has to look at. */
const ATTEMPTS = 8;

export function ownRoots(ports: OwnRootsPorts): OwnRoots {
  const { records, keys } = ports;
  const opened = new Map<string, Promise<SigningKey>>();
  const keyOf = (id: string): Promise<SigningKey> => {
    const known = opened.get(id) ?? keys.open(id);
    opened.set(id, known);
    known.catch(() => opened.delete(id));
    return known;
  };
  const read = async (): Promise<AuthorityState | undefined> =>
    (await records.get<AuthorityState>(STATE_KEY))?.record ?? undefined;
  const rotate = (ask: { readonly isWanted?: boolean } = {}): Promise<AuthorityState> =>
    rotated(ports, keyOf, ask.isWanted ?? false);
  return {
    read,
    rotate,
    distrust: () => distrusted(ports),
    async current() {
      // Read every time: one small record, and nobody signs with a root that others have replaced (CA-11).
      const stored = await read();
      const isUsable = stored !== undefined && stored.longestTtl >= ports.settings.maxTtl;
      return issuerOf(isUsable ? stored : await rotate(), keyOf);
    },
  };
}

async function issuerOf(state: AuthorityState, keyOf: (id: string) => Promise<SigningKey>): Promise<Issuer> {
  const signer = signerOf(state);
  if (!signer) throw new AuthorityNotReady('none of its roots signs');
  const { certificate, keyId, notAfter } = signer;
  try {
    const key = await keyOf(keyId);
    const roots = state.roots.map((root) => root.certificate);
    return { signer: { certificate, key }, notAfter, intermediates: [], roots, signers: roots };
  } catch (cause) {
    if (!(cause instanceof SigningKeyUnavailable)) throw cause;
    throw new AuthorityNotReady(cause.message, cause);
  }
}

type OpenKey = (id: string) => Promise<SigningKey>;

/** Carries out one plan after the other until nothing is left to do. */
async function rotated(ports: OwnRootsPorts, keyOf: OpenKey, isWanted: boolean): Promise<AuthorityState> {
  const { records, clock, settings, log } = ports;
  let wants = isWanted;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await records.get<AuthorityState>(STATE_KEY);
    const planned = planRotation(stored?.record, { now: clock.now(), settings, isWanted: wants });
    switch (planned.plan) {
      case 'keep':
        if (stored) return stored.record;
        break;
      case 'make':
        if (await added(ports, stored)) wants = false;
        break;
      case 'write': {
        if (planned.step === 'switched') await checkKey(planned.state, keyOf);
        if (!(await records.putIf(STATE_KEY, planned.state, stored?.etag))) break;
        log.warn('authority-rotation', { step: planned.step, signer: planned.state.signer });
        if (planned.step === 'dropped') await discardKeys(ports, stored?.record, planned.state);
        break;
      }
      default:
        return unreachable(planned);
    }
  }
  throw new AuthorityNotReady('others change its roots all the time');
}

/** Whoever switches to a key that cannot be used stops everything: rather the old root goes on (CA-10). */
async function checkKey(state: AuthorityState, keyOf: OpenKey): Promise<void> {
  const next = signerOf(state);
  if (next) await (await keyOf(next.keyId)).sign(new Uint8Array(1));
}

type Stored = { readonly record: AuthorityState; readonly etag: Etag } | undefined;

/** False where another process was faster; its root is as good as ours, which is then thrown away. */
async function added(ports: OwnRootsPorts, stored: Stored): Promise<boolean> {
  const { records, keys, log, settings } = ports;
  const root = await madeRoot(ports);
  const state = withRoot(stored?.record, root, settings);
  if (!(await records.putIf(STATE_KEY, state, stored?.etag))) {
    await keys.discard(root.keyId);
    return false;
  }
  log.warn('authority-rotation', { step: stored ? 'added' : 'founded', root: root.id, signer: state.signer });
  return true;
}

async function madeRoot({ keys, clock, random, settings, trustDomain }: OwnRootsPorts): Promise<Root> {
  const keyId = await keys.make();
  const [now, notAfter] = [clock.now(), plus(clock.now(), settings.rootLifetime)];
  const plan = {
    serial: random(16),
    notBefore: epochMs(now - NOT_BEFORE_SLACK),
    notAfter,
    organization: await trustDomain(),
  };
  const { pem: certificate } = await buildRoot(plan, await keys.open(keyId));
  const id = readCertificate(certificate)?.facts.sha256 ?? '';
  return { id, keyId, certificate, since: now, notAfter };
}

async function discardKeys({ keys }: OwnRootsPorts, before: AuthorityState | undefined, after: AuthorityState) {
  const kept = new Set(after.roots.map(({ id }) => id));
  for (const { id, keyId } of before?.roots ?? []) if (!kept.has(id)) await keys.discard(keyId);
}

async function distrusted(ports: OwnRootsPorts): Promise<AuthorityState> {
  const { records, log, settings } = ports;
  const root = await madeRoot(ports);
  const state = distrusting(root, settings);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await records.get<AuthorityState>(STATE_KEY);
    if (!(await records.putIf(STATE_KEY, state, stored?.etag))) continue;
    log.warn('authority-rotation', { step: 'distrusted', signer: root.id, dropped: stored?.record.roots.length ?? 0 });
    await discardKeys(ports, stored?.record, state);
    return state;
  }
  throw new AuthorityNotReady('others change its roots all the time');
}
