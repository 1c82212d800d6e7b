import type { ClaimMatchIr, HeaderMatchIr, NamedMatchIr, RouteMatchIr } from '../ir/route-configuration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { JWT_AUTHN, PAYLOAD } from './http-filters/jwt-authn.ts';
import { encodeStringMatch } from './string-match.ts';

export function encodeRouteMatch({ path, mindsCase, headers, queryParams, claims }: RouteMatchIr): ProtoJson {
  return {
    ...encodePath(path),
    ...(mindsCase !== undefined && { caseSensitive: mindsCase }),
    ...(headers.length > 0 && { headers: headers.map(encodeHeaderMatch) }),
    ...(queryParams.length > 0 && { queryParameters: queryParams.map(encodeNamedMatch) }),
    ...(claims.length > 0 && { dynamicMetadata: claims.map(encodeClaimMatch) }),
  };
}

function encodePath({ type, value }: RouteMatchIr['path']): ProtoJson {
  if (type === 'regex') return { safeRegex: { regex: value } };
  if (type === 'path-prefix') return { pathSeparatedPrefix: value };
  return type === 'exact' ? { path: value } : { prefix: value };
}

function encodeHeaderMatch(header: HeaderMatchIr): ProtoJson {
  return {
    ...encodeNamedMatch(header),
    ...(header.isInverted && { invertMatch: true }),
    // Envoy refuses this together with a match on presence.
    ...(header.isInverted && header.match.type !== 'present' && { treatMissingHeaderAsEmpty: true }),
  };
}

function encodeNamedMatch({ name, match }: NamedMatchIr): ProtoJson {
  return match.type === 'present' ? { name, presentMatch: true } : { name, stringMatch: encodeStringMatch(match) };
}

/** The filter that checks tokens leaves their claims in the metadata of the request; what is not there matches nothing. */
function encodeClaimMatch({ path, match, isInverted }: ClaimMatchIr): ProtoJson {
  return {
    filter: JWT_AUTHN,
    path: [PAYLOAD, ...path].map((key) => ({ key })),
    value: match.type === 'present' ? { presentMatch: true } : textOrList({ stringMatch: encodeStringMatch(match) }),
    ...(isInverted && { invert: true }),
  };
}

const textOrList = (text: ProtoJson): ProtoJson => ({
  orMatch: { valueMatchers: [{ listMatch: { oneOf: text } }, text] },
});
