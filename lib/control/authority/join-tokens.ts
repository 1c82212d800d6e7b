import { type DurationMs, durationMs, type EpochMs, plus } from '../../base/brand.ts';
import { hashBytes } from '../../base/hashing.ts';
import { toBase64 } from '../../base/base64.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import type { WorkloadIdentity } from '../identity/caller.ts';
import { listAll } from '../list-all.ts';
import { ABSENT, type Authenticator, refusedProof } from './attestation.ts';

const PARTITION = 'join-tokens';

/** What is stored of a token, under its hash: never the token. */
interface JoinToken extends WorkloadIdentity {
  readonly expiresAt: EpochMs;
  /** Absent until it is used. */
  readonly usedAt?: EpochMs;
}

export interface JoinTokenPorts {
  readonly records: Pick<Records, 'get' | 'putIf' | 'list' | 'removeIf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Uint8Array;
}

/** Begins every token, so that people and scanners of repositories know what they have found. */
const PREFIX = 'pilotless-join-';
const RANDOM_BYTES = 32;

/** Long enough to start a machine with it; a longer time has to be asked for. */
export const USUAL_TOKEN_TTL: DurationMs = durationMs(60 * 60_000);
export const LONGEST_TOKEN_TTL: DurationMs = durationMs(7 * 24 * 60 * 60_000);

/** Makes a token with which one workload gets its first certificate. It is answered once, and only its hash is kept. */
export async function makeJoinToken(
  { records, clock, random }: JoinTokenPorts,
  { workload, ttl }: { readonly workload: WorkloadIdentity; readonly ttl: DurationMs },
): Promise<{ readonly token: string; readonly expiresAt: EpochMs }> {
  const secret = toBase64(random(RANDOM_BYTES)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const token = `${PREFIX}${secret}`;
  const expiresAt = plus(clock.now(), ttl);
  const { namespace, serviceAccount } = workload;
  await records.putIf<JoinToken>(keyOf(token), { namespace, serviceAccount, expiresAt }, undefined);
  return { token, expiresAt };
}

/** Believes whoever shows a token that was made here, has not expired, and was not used. */
export function joinTokenAuthenticator({ records, clock }: JoinTokenPorts): Authenticator {
  return async ({ attestation: { joinToken: token } }) => {
    if (token === undefined) return ABSENT;
    if (typeof token !== 'string' || !/^pilotless-join-[\w-]{43}$/.test(token))
      return refusedProof('it is no join token');
    const stored = await records.get<JoinToken>(keyOf(token));
    if (!stored) return refusedProof('no such join token was made, or it was forgotten');
    const { record, etag } = stored;
    if (record.usedAt !== undefined) return refusedProof(`the join token ${nameOf(token)} was used before`);
    if (record.expiresAt <= clock.now()) return refusedProof(`the join token ${nameOf(token)} has expired`);
    const { namespace, serviceAccount } = record;
    const spend = async (): Promise<boolean> =>
      (await records.putIf<JoinToken>(keyOf(token), { ...record, usedAt: clock.now() }, etag)) !== undefined;
    const attested = {
      method: 'join-token',
      principal: nameOf(token),
      workloads: [{ namespace, serviceAccount }],
      spend,
    };
    return { is: 'proven', attested: { ...attested, method: 'join-token' } };
  };
}

/** Forgets tokens that have expired; used ones are kept until then, so that the log can say what a second use was. */
export async function forgetJoinTokens({ records, clock }: Omit<JoinTokenPorts, 'random'>): Promise<number> {
  let forgotten = 0;
  for await (const { id, record, etag } of listAll<JoinToken>(records, PARTITION)) {
    const isOver = record.expiresAt <= clock.now();
    if (isOver && (await records.removeIf({ partition: PARTITION, id }, etag))) forgotten += 1;
  }
  return forgotten;
}

const keyOf = (token: string): RecordKey => ({ partition: PARTITION, id: hashBytes(token) });

/** How the log calls a token: the beginning of its hash. */
const nameOf = (token: string): string => hashBytes(token).slice(0, 12);
