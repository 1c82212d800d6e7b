import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { duration, texts } from './field-shapes.ts';
import { policyTargetMembers } from './policy-target-spec.ts';

/** Shape of a RequestAuthentication. Source: Istio's reference page "RequestAuthentication". */
const tokenHeader = z.strictObject({
  name: z.string().exactOptional().describe('Name of the header.'),
  prefix: z.string().exactOptional().describe('What stands before the token in the header, such as "Bearer ".'),
});

const claimToHeader = z.strictObject({
  header: z.string().exactOptional().describe('Name of the header that the application gets.'),
  claim: z
    .string()
    .exactOptional()
    .describe('Name of the claim: a text, a whole number or a truth value; a.b for a claim within a claim.'),
});

const jwtRule = z.strictObject({
  issuer: z
    .string()
    .exactOptional()
    .describe('Who issued the token: its iss claim. Without it any issuer whose key fits.'),
  audiences: texts
    .exactOptional()
    .describe('For whom the token may be: one of them must be in its aud claim. Any, without it.'),
  jwksUri: z
    .string()
    .exactOptional()
    .describe(
      "Where the issuer publishes its keys, by https. Without it and jwks, the issuer's OpenID configuration says where.",
    ),
  jwks: z
    .string()
    .exactOptional()
    .describe('The keys themselves, as the text of a JSON Web Key Set; instead of jwksUri.'),
  fromHeaders: z
    .array(tokenHeader)
    .exactOptional()
    .describe('Headers in which the token may be, instead of Authorization.'),
  fromParams: texts.exactOptional().describe('Query parameters in which the token may be, instead of access_token.'),
  fromCookies: texts.exactOptional().describe('Cookies in which the token may be.'),
  outputPayloadToHeader: z
    .string()
    .exactOptional()
    .describe('Header in which the application gets the payload of the checked token, in base64url.'),
  forwardOriginalToken: z.boolean().exactOptional().describe('Whether the application gets the token, too.'),
  outputClaimToHeaders: z
    .array(claimToHeader)
    .exactOptional()
    .describe('Headers in which the application gets claims of the checked token.'),
  timeout: duration.exactOptional().describe('How long fetching the keys may take in all; 5s unless it is said.'),
  spaceDelimitedClaims: texts
    .exactOptional()
    .describe('Claims that are lists with spaces between, beside scope and permission.'),
  presence: z
    .enum(['OPTIONAL', 'REQUIRED'])
    .exactOptional()
    .describe('REQUIRED refuses requests without a token of this rule; without a token they pass otherwise.'),
});

export const requestAuthenticationSpec = z
  .strictObject({
    ...policyTargetMembers,
    jwtRules: z
      .array(jwtRule)
      .exactOptional()
      .describe('Whose tokens are checked, and how. An invalid token is refused; a request without one passes.'),
  })
  .describe(
    'Which tokens (JWT) requests may carry, and what is made of their claims. Whether a token is demanded is for an AuthorizationPolicy to say.',
  );

export type RequestAuthenticationSpec = Immutable<z.infer<typeof requestAuthenticationSpec>>;
export type JwtRuleSpec = Immutable<z.infer<typeof jwtRule>>;
