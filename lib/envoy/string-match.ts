import type { StringMatchIr } from '../ir/route-configuration.ts';
import { unreachable } from '../base/unreachable.ts';
import type { ProtoJson } from './envoy-resource.ts';

/** A StringMatcher; one that only asks for presence matches any value. */
export function encodeStringMatch(match: StringMatchIr): ProtoJson {
  switch (match.type) {
    case 'exact':
      return { exact: match.value };
    case 'prefix':
      return { prefix: match.value };
    case 'regex':
      return { safeRegex: { regex: match.value } };
    case 'present':
      return { safeRegex: { regex: '.*' } };
    default:
      return unreachable(match);
  }
}
