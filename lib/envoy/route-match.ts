import type { HeaderMatchIr, NamedMatchIr, RouteMatchIr } from '../ir/route-configuration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeStringMatch } from './string-match.ts';

export function encodeRouteMatch({ path, mindsCase, headers, queryParams }: RouteMatchIr): ProtoJson {
  return {
    ...encodePath(path),
    ...(mindsCase !== undefined && { caseSensitive: mindsCase }),
    ...(headers.length > 0 && { headers: headers.map(encodeHeaderMatch) }),
    ...(queryParams.length > 0 && { queryParameters: queryParams.map(encodeNamedMatch) }),
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
