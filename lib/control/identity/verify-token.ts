import { decodeJwt, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { epochMs, type EpochMs } from '../../base/brand.ts';
import { calendarDate } from '../../base/timestamp.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Access, BelievedIssuer } from './access.ts';
import type { Caller, WorkloadIdentity } from './caller.ts';
import { readSpiffeName } from './spiffe-name.ts';

/** The keys of an issuer, `undefined` where nobody can tell them; asked for `fresh` ones when a token names one that is not among them. */
export type KeysOf = (issuer: BelievedIssuer, wanted: 'known' | 'fresh') => Promise<JWTVerifyGetKey | undefined>;

export interface TokenPorts {
  readonly keysOf: KeysOf;
  readonly now: () => EpochMs;
}

/** Tokens of Kubernetes and of cloud providers have one to two KB. */
export const MAX_TOKEN_CHARACTERS = 8 * 1024;
/** By how much the clock of an issuer may be off, in seconds: clocks are up to 10 s apart (FLT-1). */
const CLOCK_TOLERANCE_S = 10;

/**
 * Who a bearer token (OIDC, JWT) is for; `undefined` for one that is not believed, for whatever reason: who is refused learns nothing of why.
 * It has to be signed by a key of an issuer that the access file names, by an algorithm that is allowed there, for an audience of it, and
 * to say when it ends.
 */
export async function verifyToken(
  { issuers, trustDomains }: Pick<Access, 'issuers' | 'trustDomains'>,
  token: string,
  ports: TokenPorts,
): Promise<Caller | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const said = issuerOf(token);
  const issuer = issuers.find((believed) => believed.issuer === said);
  if (!issuer) return undefined;
  const payload = await verified(issuer, token, { ports, wanted: 'known' });
  const { sub, exp } = payload ?? {};
  if (payload === undefined || sub === undefined || sub === '' || exp === undefined) return undefined;
  const workload = workloadOf(issuer, sub, trustDomains);
  return {
    method: 'bearer',
    principal: sub,
    issuer: issuer.issuer,
    claims: payload,
    ...(workload && { workload }),
    expiresAt: epochMs(exp * 1_000),
  };
}

/** What it says of itself, to find the keys that have to prove it. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined; // no token at all, which nobody believes
  }
}

interface Verifying {
  readonly ports: TokenPorts;
  readonly wanted: 'known' | 'fresh';
}

async function verified(
  issuer: BelievedIssuer,
  token: string,
  { ports, wanted }: Verifying,
): Promise<JWTPayload | undefined> {
  const keys = await ports.keysOf(issuer, wanted);
  if (!keys) return undefined;
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      algorithms: [...issuer.algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: calendarDate(ports.now()),
    });
    return payload;
  } catch (error) {
    // An issuer that has a new key signs with it before anybody has looked.
    const isNewKey = error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
    if (isNewKey && wanted === 'known') return verified(issuer, token, { ports, wanted: 'fresh' });
    return undefined; // whatever it is, it is no proof
  }
}

function workloadOf(
  { subjects }: BelievedIssuer,
  subject: string,
  trustDomains: readonly string[],
): WorkloadIdentity | undefined {
  switch (subjects) {
    case 'opaque':
      return undefined;
    case 'kubernetes': {
      const [, namespace, serviceAccount] = KUBERNETES_SUBJECT.exec(subject) ?? [];
      return namespace && serviceAccount ? { namespace, serviceAccount } : undefined;
    }
    case 'spiffe': {
      const name = readSpiffeName(subject);
      if (!name || !trustDomains.includes(name.trustDomain)) return undefined;
      return { namespace: name.namespace, serviceAccount: name.serviceAccount };
    }
    default:
      return unreachable(subjects);
  }
}

/** Source: Kubernetes documentation, "Managing Service Accounts", section on tokens. */
const KUBERNETES_SUBJECT = /^system:serviceaccount:([a-z0-9][-a-z0-9]{0,62}):([a-z0-9][-a-z0-9.]{0,252})$/;
