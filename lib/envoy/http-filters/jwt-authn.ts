import { unreachable } from '../../base/unreachable.ts';
import type { JwtAuthnIr, JwtDemandIr, JwtProviderIr } from '../../ir/jwt-authn.ts';
import type { ProtoJson } from '../envoy-resource.ts';
import { typedExtension } from '../typed-extension.ts';
import { withoutDefaults } from '../without-defaults.ts';

/** The filter's name, under which it leaves what it found in the metadata of a request. */
export const JWT_AUTHN = 'envoy.filters.http.jwt_authn';

/** Under which the claims of a token stand in the metadata of a request; what routes and access rules look for (RA-3). */
export const PAYLOAD = 'payload';

/** Checks signatures, and never finds one right: the private part of this key was thrown away when it was made (JWKS-4). */
const NOBODYS_KEYS = JSON.stringify({
  keys: [
    {
      kty: 'RSA',
      e: 'AQAB',
      n: '3bDnOZaj6YOMlKJY3oL5xxilxtb3wBZE8XK6X7cuO-5pjXDqaOGxVnvsFcKDw_tF0Ko8GQRT4BuMxGvBoqEXpf65Ek9TfBujAnDHylpRcI6IBZ7s0_wFtv51o_XpP2XGYpYoQCpkc9eaOfmmI2XRV259PMrzxmib3l3DUltAGlMv-1oihK36D0a3Ozm6Dial7ExE1VehRHqWZy73bhYTApHrMAznGctPxN03oxU0hobBZX1ZY7pNTv9NdfB0NWe1JMTVDQfxeCxMOd5lKlJKFcAE72TYMSC5oagOz_IJtYy9fTXJko5cTP-cxeKd6xuTQAn6cVl-7PjuX4MQJ7MJzw',
    },
  ],
});

export function encodeJwtAuthn({ providers, demands, choosesRouteAnew }: JwtAuthnIr): ProtoJson {
  return typedExtension(JWT_AUTHN, 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: Object.fromEntries(
      providers.map((provider) => [provider.name, encodeProvider(provider, choosesRouteAnew)]),
    ),
    rules: [{ match: { prefix: '/' }, requires: encodeDemand(demands) }],
    bypassCorsPreflight: true,
  });
}

function encodeProvider(provider: JwtProviderIr, choosesRouteAnew: boolean): ProtoJson {
  return {
    ...withoutDefaults({
      issuer: provider.issuer,
      audiences: provider.audiences,
      forward: provider.forwardsToken,
      fromHeaders: provider.headers.map(({ name, prefix }) => withoutDefaults({ name, valuePrefix: prefix })),
      fromParams: provider.params,
      fromCookies: provider.cookies,
      forwardPayloadHeader: provider.payloadHeader,
      claimToHeaders: provider.claimHeaders.map(({ header, claim }) => ({ headerName: header, claimName: claim })),
      clearRouteCache: choosesRouteAnew,
    }),
    localJwks: { inlineString: provider.keys ?? NOBODYS_KEYS },
    payloadInMetadata: PAYLOAD,
    normalizePayloadInMetadata: { spaceDelimitedClaims: provider.spaceDelimitedClaims },
  };
}

function encodeDemand(demand: JwtDemandIr): ProtoJson {
  switch (demand.type) {
    case 'provider':
      return { providerName: demand.name };
    case 'missing':
      return { allowMissing: {} };
    case 'any':
      return { requiresAny: { requirements: demand.of.map(encodeDemand) } };
    case 'all':
      return { requiresAll: { requirements: demand.of.map(encodeDemand) } };
    default:
      return unreachable(demand);
  }
}
