import { type EpochMs, epochMs } from '../../base/brand.ts';
import { hashBytes } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Sender } from '../../base/sender.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { verifyCertificate } from './verify-certificate.ts';
import { verifyArn } from './verify-iam.ts';
import { type AskSts, SIGNED_REQUEST_PREFIX, verifySignedRequest } from './verify-signed-request.ts';
import { type KeysOf, MAX_TOKEN_CHARACTERS, verifyToken } from './verify-token.ts';

/** What a request brings along to say who sends it. */
export interface Credentials {
  /** The header of that name. */
  readonly authorization: string | undefined;
  readonly sender: Sender;
}

/** Who sends a request; `absent` when it does not say so in any way, `refused` when what it says is not believed, for whatever reason. */
export type VerifiedCaller = Caller | 'absent' | 'refused';

export type VerifyCaller = (credentials: Credentials) => Promise<VerifiedCaller>;

export interface VerifyPorts {
  readonly keysOf: KeysOf;
  readonly askSts: AskSts;
  readonly clock: Pick<Clock, 'now'>;
}

/** Tokens that a process holds verified, and for how long: a key or a role that is withdrawn counts from then on. */
const REMEMBERED_TOKENS = 4_096;
const REMEMBERED_MS = 60_000;

interface RememberedCaller {
  readonly caller: Caller;
  readonly until: EpochMs;
}

/**
 * Verifies who sends requests. A bearer token decides where there is one, then who AWS says has signed the request, then the client
 * certificate. A token that repeats is verified once a minute.
 */
export function callerVerifier(access: Access, { keysOf, askSts, clock }: VerifyPorts): VerifyCaller {
  const remembered = leastRecentlyUsed<string, RememberedCaller>({ max: REMEMBERED_TOKENS });
  const tokens = new Map(access.tokens.map((token) => [token.sha256, token]));
  const now = (): EpochMs => clock.now();

  const verified = async (token: string, hash: string): Promise<Caller | undefined> => {
    const known = tokens.get(hash);
    if (known) {
      const { name: principal, workload } = known;
      return { method: 'token', principal, issuer: '', claims: {}, ...(workload && { workload }) };
    }
    return token.startsWith(SIGNED_REQUEST_PREFIX)
      ? verifySignedRequest(access.iam, token, { askSts, now })
      : verifyToken(access, token, { keysOf, now });
  };
  const verifyBearer = async (token: string): Promise<VerifiedCaller> => {
    if (token.length > MAX_TOKEN_CHARACTERS) return 'refused';
    const hash = hashBytes(token);
    const before = remembered.get(hash);
    if (before && now() < before.until) return before.caller;
    const caller = await verified(token, hash);
    if (!caller) return 'refused';
    const until = epochMs(Math.min(caller.expiresAt ?? Infinity, now() + REMEMBERED_MS));
    remembered.set(hash, { caller, until });
    return caller;
  };

  return async ({ authorization = '', sender }) => {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
    if (token !== undefined) return verifyBearer(token);
    if (/^bearer\b/i.test(authorization)) return 'refused';
    if (sender.iamArn !== undefined) return verifyArn(access.iam, sender.iamArn) ?? 'refused';
    if (sender.certificate) return verifyCertificate(access, sender.certificate) ?? 'refused';
    return 'absent';
  };
}
