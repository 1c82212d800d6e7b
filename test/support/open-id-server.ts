import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { TestCertificate } from './test-certificates.ts';

/** A JSON Web Key Set as it is served. */
export interface ServedKeys {
  readonly keys: readonly JWK[];
}

/** Key sets that differ in the ways in which those of issuers do (OIDC-9). Each has two RSA keys that can be used, unless it says otherwise. */
export interface KeySetFixtures {
  readonly key1: ServedKeys;
  /** The keys of `key1` the other way round: no change. */
  readonly key1Reordered: ServedKeys;
  readonly key2: ServedKeys;
  /** Keys without an id. */
  readonly noKid: ServedKeys;
  readonly noKeys: ServedKeys;
  /** `key1` with members beside the keys. */
  readonly extraElements: ServedKeys & Readonly<Record<string, unknown>>;
}

/** When key sets are answered with what, by the number of the hit; 0 means never (OIDC-5). */
export interface KeyAnswers {
  /** From this hit on `key1`, whatever else is said. */
  returnSuccessAfter: number;
  /** 403 after this hit. */
  returnErrorAfter: number;
  /** 403 for so many hits first. */
  returnErrorForFirst: number;
  /** From the hit behind this one on `key1Reordered`. */
  returnReorderedAfter: number;
}

export interface OpenIdServer {
  /** `http://localhost:PORT`, or https; what its discovery document calls the issuer. */
  readonly url: string;
  readonly answers: KeyAnswers;
  /** How often the discovery document was asked for. */
  readonly openIdHits: number;
  /** How often the keys were asked for. */
  readonly keyHits: number;
  readonly stop: () => Promise<void>;
}

/** An issuer that is one: its tokens are signed with keys that it serves (OIDC-10). */
export interface TokenIssuer extends OpenIdServer {
  /** A token with these claims over `iss`, `aud` "shop", `sub` "somebody" and an hour to live, signed with the newest key or the one named. */
  readonly mintToken: (claims?: Readonly<Record<string, unknown>>, kid?: string) => Promise<string>;
  /** A new key; the others are served on. Answers its id. */
  readonly rotate: () => Promise<string>;
  /** Serves a key no longer. */
  readonly revoke: (kid: string) => void;
}

export interface OpenIdServerOptions {
  /** Serves TLS with it. */
  readonly certificate?: TestCertificate;
  /** Every answer waits so long, in ms. */
  readonly delay?: number;
}

const DISCOVERY = '/.well-known/openid-configuration';
/** Where the keys of every such server are. */
export const KEYS = '/oauth2/v3/certs';

let fixtures: Promise<KeySetFixtures> | undefined;

/** Made once per process: no key is stored. */
export const keySetFixtures = (): Promise<KeySetFixtures> => (fixtures ??= makeFixtures());

/** An issuer whose key sets change by the number of the hit: the first is `key1`, all others `key2`, unless `answers` say otherwise (OIDC-6). */
export async function startOpenIdServer(options: OpenIdServerOptions = {}): Promise<OpenIdServer> {
  const { key1, key1Reordered, key2 } = await keySetFixtures();
  const answers = { returnSuccessAfter: 0, returnErrorAfter: 0, returnErrorForFirst: 0, returnReorderedAfter: 0 };
  const keysAt = (hit: number): ServedKeys | undefined => {
    const { returnSuccessAfter, returnErrorAfter, returnErrorForFirst, returnReorderedAfter } = answers;
    if (returnSuccessAfter > 0 && hit >= returnSuccessAfter) return key1;
    if (returnErrorAfter !== 0 && hit > returnErrorAfter) return undefined;
    if (hit <= returnErrorForFirst) return undefined;
    if (hit === returnErrorForFirst + 1) return key1;
    return returnReorderedAfter !== 0 && hit >= returnReorderedAfter + 1 ? key1Reordered : key2;
  };
  return serve(options, answers, keysAt);
}

/** An issuer with real keys, for proxies that check its tokens. */
export async function startTokenIssuer(options: OpenIdServerOptions = {}): Promise<TokenIssuer> {
  const keys = new Map<string, { readonly shown: JWK; readonly secret: CryptoKey }>();
  let [made, newest] = [0, ''];
  const rotate = async (): Promise<string> => {
    newest = `key-${++made}`;
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    keys.set(newest, { shown: await shownKey(publicKey, newest, 'ES256'), secret: privateKey });
    return newest;
  };
  await rotate();
  const answers = { returnSuccessAfter: 0, returnErrorAfter: 0, returnErrorForFirst: 0, returnReorderedAfter: 0 };
  const revoked = new Set<string>();
  const served = (): ServedKeys => ({
    keys: [...keys].flatMap(([kid, { shown }]) => (revoked.has(kid) ? [] : [shown])),
  });
  const server = await serve(options, answers, served);
  // Its counters are looked at as they are: a copy would stand still.
  return Object.assign(Object.create(server) as OpenIdServer, {
    rotate,
    revoke: (kid: string) => void revoked.add(kid),
    async mintToken(claims: Readonly<Record<string, unknown>> = {}, kid = newest) {
      const key = keys.get(kid);
      if (!key) throw new Error(`there was never a key ${kid}`);
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: server.url, aud: 'shop', sub: 'somebody', iat: now, exp: now + 3600 };
      return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid }).sign(key.secret);
    },
  });
}

async function serve(
  { certificate, delay = 0 }: OpenIdServerOptions,
  answers: KeyAnswers,
  keysAt: (hit: number) => ServedKeys | undefined,
): Promise<OpenIdServer> {
  const hits = { openId: 0, keys: 0 };
  const listener: RequestListener = (request, response) => {
    const answer = (status: number, body: object | string): void => {
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    };
    void pause(delay, undefined, { ref: false }).then(() => {
      const [path] = (request.url ?? '').split('?');
      if (path !== DISCOVERY && path !== KEYS) return answer(404, 'not found');
      if (request.method !== 'GET') return answer(405, 'method not allowed');
      if (path === DISCOVERY) {
        hits.openId += 1;
        return answer(200, { issuer: url, jwks_uri: `${url}${KEYS}` });
      }
      const keys = keysAt(++hits.keys);
      return keys === undefined ? answer(403, 'the keys are not to be had') : answer(200, keys);
    });
  };
  const server: Server = certificate
    ? createTlsServer({ cert: certificate.certificate, key: certificate.key }, listener)
    : createServer(listener);
  server.listen(0, 'localhost');
  await once(server, 'listening'); // rejects, with the socket closed, where it cannot (OIDC-8)
  const url = `${certificate ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    answers,
    get openIdHits() {
      return hits.openId;
    },
    get keyHits() {
      return hits.keys;
    },
    async stop() {
      Object.assign(hits, { openId: 0, keys: 0 });
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function makeFixtures(): Promise<KeySetFixtures> {
  const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map(rsaKey));
  if (!a || !b || !c || !d) throw new Error('there are four keys');
  const withoutId = ({ kid: _kid, ...key }: JWK): JWK => key;
  const key1 = { keys: [a, b] };
  return {
    key1,
    key1Reordered: { keys: [b, a] },
    key2: { keys: [c, d] },
    noKid: { keys: [a, b].map(withoutId) },
    noKeys: { keys: [] },
    extraElements: { ...key1, issued: 'today', more: { of: ['it'] } },
  };
}

async function rsaKey(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('RS256', { extractable: true });
  return shownKey(publicKey, kid, 'RS256');
}

const shownKey = async (key: CryptoKey, kid: string, alg: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  ...{ kid, alg, use: 'sig' },
});
