import { type DurationMs, durationMs } from '../../base/brand.ts';
import { isUsableKey, publicPart, readKeySet, type WebKey } from '../../base/key-set.ts';
import { type FetchedDocument, FetchFailed, type Fetcher } from '../../ports/fetcher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeySetAddress } from '../../resources/key-set-name.ts';

/** Keys as their issuer publishes them, with at least one that can be used; or why there are none. */
export type FetchedKeys =
  | { readonly outcome: 'fetched'; readonly keys: readonly WebKey[] }
  | { readonly outcome: 'failed'; readonly reason: string; readonly message: string };

export interface KeyFetching {
  readonly fetcher: Fetcher;
  readonly clock: Pick<Clock, 'now'>;
  /** Told of every document that was asked for. */
  readonly onAttempt: (isSuccess: boolean) => void;
}

/** Nobody's key set is larger, and a proxy would get all of it. */
const MAX_BYTES = 256 * 1024;

/** JWKS-2: from the address itself, or from where the issuer's OpenID configuration says. The time is for both (JWKS-16). */
export async function fetchKeys(
  ports: KeyFetching,
  { issuer, jwksUri }: KeySetAddress,
  timeout: DurationMs,
): Promise<FetchedKeys> {
  const until = ports.clock.now() + timeout;
  const read = (url: string): Promise<string> =>
    readText(ports, url, durationMs(Math.max(1, until - ports.clock.now())));
  try {
    const uri = jwksUri === '' ? keysAddress(await read(configurationOf(issuer)), issuer) : jwksUri;
    return { outcome: 'fetched', keys: usableKeys(await read(uri), uri) };
  } catch (error) {
    if (error instanceof NoKeys) return { outcome: 'failed', reason: error.reason, message: error.message };
    if (error instanceof FetchFailed) return { outcome: 'failed', reason: error.reason, message: error.message };
    throw error;
  }
}

/** What was read is not what it should be. */
class NoKeys extends Error {
  readonly reason: 'Refused' | 'Unusable';
  constructor(reason: NoKeys['reason'], message: string) {
    super(message);
    this.name = 'NoKeys';
    this.reason = reason;
  }
}

const configurationOf = (issuer: string): string =>
  `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/.well-known/openid-configuration`;

async function readText({ fetcher, onAttempt }: KeyFetching, url: string, timeout: DurationMs): Promise<string> {
  try {
    const document = await fetcher.fetch({ url, timeout, maxBytes: MAX_BYTES });
    refuseFailure(document);
    onAttempt(true);
    return new TextDecoder().decode(document.body);
  } catch (error) {
    onAttempt(false);
    throw error;
  }
}

/** JWKS-5: what an issuer says instead of its keys helps whoever has to mend it. */
function refuseFailure({ status, body, url }: FetchedDocument): void {
  if (status >= 200 && status < 300) return;
  const said = new TextDecoder().decode(body).slice(0, 100);
  throw new NoKeys('Refused', `${url} answered ${status}: ${JSON.stringify(said)}`);
}

function keysAddress(text: string, issuer: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const uri = typeof parsed === 'object' && parsed !== null && 'jwks_uri' in parsed ? parsed.jwks_uri : undefined;
    if (typeof uri === 'string' && uri !== '') return uri;
  } catch {
    // Said below, as what has no jwks_uri either.
  }
  throw new NoKeys(
    'Unusable',
    `the OpenID configuration of ${issuer} has no jwks_uri; write jwksUri or jwks into the rule`,
  );
}

/** JWKS-6, JWKS-7: in every fetch alike. Nothing of a body that is no key set is told to anybody. */
function usableKeys(text: string, uri: string): readonly WebKey[] {
  const { keys, problem } = readKeySet(text);
  if (problem !== undefined) throw new NoKeys('Unusable', `${uri} has no key set: ${problem}`);
  if (keys.some(isUsableKey)) return keys.map(publicPart);
  throw new NoKeys('Unusable', `${uri} has no key that a proxy can check a signature with`);
}
