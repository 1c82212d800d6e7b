import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { AUTHORITY_DEFAULTS } from '../../lib/control/authority/authority-settings.ts';
import { type Access, ACCESS_FORMAT, type BelievedIssuer } from '../../lib/control/identity/access.ts';

/** An issuer of bearer tokens whose keys live as long as the test. */
export interface TestIssuer {
  readonly name: string;
  /** Its public keys, as a JSON Web Key Set. */
  readonly keySet: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** A token with these claims, over `iss`, `aud`, `exp` and `sub` of one that is believed; `undefined` leaves a claim out. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export const TEST_AUDIENCE = 'pilotless';

/** `now` in ms: tokens are made for ten minutes from then on. */
export async function testIssuer(now: number, name = 'https://tokens.example'): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256', use: 'sig' };
  const seconds = Math.floor(now / 1_000);
  return {
    name,
    keySet: { keys: [key] },
    async token(claims = {}, header = {}) {
      const usual = { iss: name, aud: TEST_AUDIENCE, sub: 'reviews', exp: seconds + 600 };
      const said = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
      const signer = new SignJWT(Object.fromEntries(said));
      return signer.setProtectedHeader({ alg: 'ES256', kid: 'first', ...header }).sign(privateKey);
    },
  };
}

/** The issuer as an access file that has its keys names it. */
export const believed = (issuer: TestIssuer, replaced: Partial<BelievedIssuer> = {}): BelievedIssuer => ({
  issuer: issuer.name,
  audiences: [TEST_AUDIENCE],
  algorithms: ['ES256', 'RS256'],
  keys: { from: 'file', keys: issuer.keySet.keys },
  subjects: 'opaque',
  ...replaced,
});

/** An access file by which nobody is believed but whom the test names. */
export const testAccess = (replaced: Partial<Access> = {}): Access => ({
  format: ACCESS_FORMAT,
  issuers: [],
  trustDomains: [],
  iam: { accounts: [], regions: [], audience: '' },
  tokens: [],
  roles: [],
  authority: AUTHORITY_DEFAULTS,
  hasOpenMetrics: false,
  ...replaced,
});
