import { isPrivateKey, isUsableKey, keyProblem, readKeySet } from '../base/key-set.ts';
import { quoted } from '../base/quoted.ts';
import { durationProblem } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import { headerNameProblem } from './header-checks.ts';
import type { JwtRuleSpec } from './request-authentication-spec.ts';

const LONGEST_URI = 2_048;
const MOST_CLAIMS = 64;

/** VAL-14, VAL-15: one rule. */
export function checkJwtRule(log: FindingLog, rule: JwtRuleSpec): void {
  const { issuer, jwksUri, jwks, timeout } = rule;
  if ((issuer ?? '') === '' && (jwksUri ?? '') === '') {
    log.error('REQUIRED', 'issuer or jwksUri must be non-empty; say who issues the tokens');
  }
  checkFilled(log.at('issuer'), issuer, 'say who issues the tokens, or leave it out');
  if (jwks !== undefined && jwksUri !== undefined) {
    log.error('CONFLICT', 'only one of jwks or jwksUri can be set; leave out the one that is not meant');
  }
  if (jwksUri !== undefined) checkKeysUri(log.at('jwksUri'), jwksUri);
  if (jwks !== undefined && jwks !== '') checkKeys(log.at('jwks'), jwks);
  checkPlaces(log, rule);
  checkForwarding(log, rule);
  const problem = timeout === undefined ? undefined : durationProblem(timeout);
  if (problem !== undefined) log.at('timeout').error('INVALID_VALUE', problem);
}

/** What is left out and what is empty differ: an empty text is a mistake. */
function checkFilled(log: FindingLog, text: string | undefined, remedy: string): void {
  if (text === '') log.error('INVALID_VALUE', `must not be empty; ${remedy}`);
}

/** JWKS-17 */
function checkKeysUri(log: FindingLog, text: string): void {
  const wrong = (message: string): void => log.error('INVALID_VALUE', message);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase() ?? '';
  if (text.length > LONGEST_URI) return wrong(`must have at most ${LONGEST_URI} characters`);
  if (scheme !== 'http' && scheme !== 'https') {
    return wrong(`URI scheme ${quoted(scheme)} is not supported; write https://host/path`);
  }
  const url = URL.parse(text);
  if (!url) return wrong(`${quoted(text)} is no URL; write https://host/path, with a port from 1 to 65535 if any`);
  if (url.username !== '' || url.password !== '') wrong('must not name a user or a password: it is shown to everyone');
}

function checkKeys(log: FindingLog, text: string): void {
  if (!log.spend(text.length / 100)) return;
  const { keys, problem } = readKeySet(text);
  if (problem !== undefined) {
    return log.error('INVALID_VALUE', `jwks parse error: ${problem}; write {"keys": [...]} as the issuer publishes it`);
  }
  keys.forEach((key, index) => {
    const broken = keyProblem(key);
    if (broken !== undefined) log.error('INVALID_VALUE', `jwks parse error: keys[${index}]: ${broken}`);
    else if (isPrivateKey(key)) log.warning('INEFFECTIVE', privateKeyMessage(index)); // VAL-16
  });
  if (!keys.some(isUsableKey)) {
    log.warning('INEFFECTIVE', 'has no key that a signature can be checked with: all tokens of this rule are refused');
  }
}

const privateKeyMessage = (index: number): string =>
  `keys[${index}] contains private key material; take it out: public keys are enough to check signatures, and who has this one can issue tokens`;

function checkPlaces(
  log: FindingLog,
  { audiences = [], fromHeaders = [], fromParams = [], fromCookies = [] }: JwtRuleSpec,
): void {
  audiences.forEach((text, index) => checkFilled(log.at(`audiences[${index}]`), text, 'name an audience'));
  fromParams.forEach((text, index) => checkFilled(log.at(`fromParams[${index}]`), text, 'name a query parameter'));
  fromCookies.forEach((text, index) => checkFilled(log.at(`fromCookies[${index}]`), text, 'name a cookie'));
  fromHeaders.forEach(({ name = '', prefix = '' }, index) => {
    const here = log.at(`fromHeaders[${index}]`);
    checkHeaderName(here.at('name'), name);
    // eslint-disable-next-line no-control-regex -- these are the characters that a header value may not have
    if (/[\u0000\r\n]/.test(prefix)) here.at('prefix').error('INVALID_VALUE', 'must be of one line');
  });
}

function checkForwarding(log: FindingLog, rule: JwtRuleSpec): void {
  const { outputPayloadToHeader = '', outputClaimToHeaders = [], spaceDelimitedClaims = [] } = rule;
  if (outputPayloadToHeader !== '') checkHeaderName(log.at('outputPayloadToHeader'), outputPayloadToHeader);
  outputClaimToHeaders.forEach(({ header = '', claim = '' }, index) => {
    const here = log.at(`outputClaimToHeaders[${index}]`);
    if (header === '' || claim === '') {
      here.error('REQUIRED', 'outputClaimToHeaders header and claim must be non-empty; name both');
    }
    if (header !== '' && !/^[-_A-Za-z0-9]+$/.test(header)) {
      here
        .at('header')
        .error('INVALID_VALUE', `header name ${header} is not a valid header name; use letters, digits, - and _`);
    }
  });
  const claims = log.at('spaceDelimitedClaims');
  if (spaceDelimitedClaims.length > MOST_CLAIMS)
    claims.error('INVALID_VALUE', `must have at most ${MOST_CLAIMS} items`);
  spaceDelimitedClaims.forEach((text, index) => checkFilled(claims.at(`[${index}]`), text, 'name a claim'));
}

function checkHeaderName(log: FindingLog, name: string): void {
  const problem = headerNameProblem(name);
  if (problem !== undefined) log.error('INVALID_VALUE', problem);
}
