import { fromBase64 } from '../../base/base64.ts';
import { type EpochMs, epochMs } from '../../base/brand.ts';
import { isMembers } from '../../base/members.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import type { BelievedIam } from './access.ts';
import type { Caller } from './caller.ts';
import { verifyArn } from './verify-iam.ts';

/** What AWS answers to a request that somebody else has signed: the JSON of the answer, or a rejection when AWS refuses it. */
export type AskSts = (url: string, headers: Readonly<Record<string, string>>) => Promise<unknown>;

export interface SignedRequestPorts {
  readonly askSts: AskSts;
  readonly now: () => EpochMs;
}

/** Begins a bearer token that is a signed request; the rest is its URL in base64url. */
export const SIGNED_REQUEST_PREFIX = 'pilotless-aws-v1.';
/** The header that says for whom the request was signed, so that no other service can use it here or ours there. */
export const AUDIENCE_HEADER = 'x-pilotless-audience';
/** How old a signed request may be, and by how much a clock may be ahead, in ms. */
const MAX_AGE_MS = 60_000;
const MAX_AHEAD_MS = 10_000;
const MAX_URL_CHARACTERS = 6_000;

/**
 * Who signed a request `sts:GetCallerIdentity`: nothing in it can be verified here, so it is sent on to AWS, which answers who it was.
 * Before that it has to be that very request and nothing else, to the STS of a region that is named, for our audience, and at most a minute
 * old; what AWS is asked is put together anew from the checked parts.
 * Source: IAM User Guide, "Create a signed AWS API request", query string method.
 */
export async function verifySignedRequest(
  iam: BelievedIam,
  token: string,
  { askSts, now }: SignedRequestPorts,
): Promise<Caller | undefined> {
  const request = readSignedRequest(iam, token);
  if (!request) return undefined;
  const age = now() - request.signedAt;
  if (age > MAX_AGE_MS || age < -MAX_AHEAD_MS) return undefined;
  const arn = await arnFrom(askSts, request.url, iam.audience);
  const caller = arn === undefined ? undefined : verifyArn(iam, arn);
  return caller && { ...caller, expiresAt: epochMs(request.signedAt + MAX_AGE_MS) };
}

interface SignedRequest {
  /** Put together anew. */
  readonly url: string;
  readonly signedAt: EpochMs;
}

/** Parts of the query; each has to be there once, and nothing else may be. */
const PARTS = [
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
] as const;
const SESSION = 'X-Amz-Security-Token';

function readSignedRequest({ regions }: BelievedIam, token: string): SignedRequest | undefined {
  if (!token.startsWith(SIGNED_REQUEST_PREFIX) || token.length > MAX_URL_CHARACTERS) return undefined;
  const text = textIn(token.slice(SIGNED_REQUEST_PREFIX.length));
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password, hash, searchParams } = new URL(text);
  const region = regions.find((name) => host === stsHost(name));
  if (protocol !== 'https:' || region === undefined || pathname !== '/') return undefined;
  if (username !== '' || password !== '' || hash !== '') return undefined;
  const names = [...searchParams.keys()];
  const isWhole = new Set(names).size === names.length && PARTS.every((name) => searchParams.has(name));
  if (!isWhole || names.some((name) => name !== SESSION && !(PARTS as readonly string[]).includes(name))) {
    return undefined;
  }
  const signedAt = signingTime(searchParams, region);
  if (signedAt === undefined) return undefined;
  return { url: `https://${stsHost(region)}/?${canonicalQuery(searchParams)}`, signedAt };
}

/** The text in base64url without padding. */
function textIn(encoded: string): string | undefined {
  if (!/^[\w-]+$/.test(encoded)) return undefined;
  const standard = encoded.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
  return bytes && new TextDecoder().decode(bytes);
}

/** When the request was signed, if all of its parts say what they have to. */
function signingTime(query: URLSearchParams, region: string): EpochMs | undefined {
  const get = (name: (typeof PARTS)[number]): string => query.get(name) ?? '';
  const [, date, year, month, day, hours, minutes, seconds] =
    /^((\d{4})(\d{2})(\d{2}))T(\d{2})(\d{2})(\d{2})Z$/.exec(get('X-Amz-Date')) ?? [];
  const [, signedDate, signedRegion] =
    /^[A-Z0-9]{16,128}\/(\d{8})\/([a-z0-9-]+)\/sts\/aws4_request$/.exec(get('X-Amz-Credential')) ?? [];
  const isRight =
    get('Action') === 'GetCallerIdentity' &&
    get('Version') === '2011-06-15' &&
    get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
    get('X-Amz-SignedHeaders') === `host;${AUDIENCE_HEADER}` &&
    /^[0-9a-f]{64}$/.test(get('X-Amz-Signature')) &&
    /^[1-9]\d{0,2}$/.test(get('X-Amz-Expires')) &&
    signedDate === date &&
    signedRegion === region;
  if (!isRight || date === undefined) return undefined;
  return parseTimestamp(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .sort()
    .join('&');

/** As signatures have it: everything but letters, digits and `-._~` is encoded. */
const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Regions of China have a domain of their own. */
export const stsHost = (region: string): string =>
  `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

async function arnFrom(askSts: AskSts, url: string, audience: string): Promise<string | undefined> {
  try {
    const answer = await askSts(url, { [AUDIENCE_HEADER]: audience, accept: 'application/json' });
    const { GetCallerIdentityResponse: response } = isMembers(answer) ? answer : {};
    const { GetCallerIdentityResult: result } = isMembers(response) ? response : {};
    const { Arn: arn } = isMembers(result) ? result : {};
    return typeof arn === 'string' ? arn : undefined;
  } catch {
    return undefined; // AWS refused it, or could not be asked: nothing is proven
  }
}
