import { createHash, createHmac } from 'node:crypto';
import { AUDIENCE_HEADER, SIGNED_REQUEST_PREFIX, stsHost } from '../control/identity/verify-signed-request.ts';
import type { AwsCredentials } from './aws-credentials.ts';

export interface CallerIdentityAsk {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** For whom it is: what the access file of the service calls its audience. */
  readonly audience: string;
  /** RFC 3339. */
  readonly at: string;
}

/** How long AWS takes the signature for good, in seconds; the service takes it for less. */
const EXPIRES = '60';

/**
 * A bearer token that says who runs here: a signed request `sts:GetCallerIdentity`, which the service sends on to AWS. The keys are not in
 * it, and nothing else can be done with it.
 * Source: IAM User Guide, "Create a signed AWS API request", query string method.
 */
export function callerIdentityToken({ credentials, region, audience, at }: CallerIdentityAsk): string {
  const time = at.replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const query = canonicalQuery({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': EXPIRES,
    'X-Amz-SignedHeaders': `host;${AUDIENCE_HEADER}`,
    ...(credentials.sessionToken !== undefined && { 'X-Amz-Security-Token': credentials.sessionToken }),
  });
  const host = stsHost(region);
  const headers = `host:${host}\n${AUDIENCE_HEADER}:${audience}\n`;
  const request = ['GET', '/', query, headers, `host;${AUDIENCE_HEADER}`, sha256('')].join('\n');
  const toSign = [ALGORITHM, time, scope, sha256(request)].join('\n');
  const signature = hmac(signingKey(credentials.secretAccessKey, scope), toSign).toString('hex');
  const url = `https://${host}/?${query}&X-Amz-Signature=${signature}`;
  return `${SIGNED_REQUEST_PREFIX}${Buffer.from(url).toString('base64url')}`;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const signingKey = (secret: string, scope: string): Buffer =>
  scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));

const canonicalQuery = (parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts)
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .sort()
    .join('&');

/** As signatures have it: everything but letters, digits and `-._~` is encoded. */
const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
