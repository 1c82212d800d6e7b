import type { HttpMatchRequest, HttpRoute, StringMatch } from './virtual-service-spec.ts';

/** One condition on a path prefix, with what else it asks for written as comparable texts. */
export interface PrefixCondition {
  readonly rule: HttpRoute;
  readonly ruleIndex: number;
  readonly match: HttpMatchRequest;
  readonly matchIndex: number;
  readonly prefix: string;
}

export function prefixConditions(rules: readonly HttpRoute[]): readonly PrefixCondition[] {
  return rules.flatMap((rule, ruleIndex) =>
    (rule.match ?? []).flatMap((match, matchIndex) => {
      const prefix = match.uri?.prefix ?? '';
      return prefix === '' ? [] : [{ rule, ruleIndex, match, matchIndex, prefix }];
    }),
  );
}

/** Whether every request that the later condition is for meets the earlier one; a careful guess, good enough to warn. */
export function covers(earlier: PrefixCondition, later: PrefixCondition): boolean {
  return (
    later.prefix.startsWith(earlier.prefix) &&
    (earlier.match.port ?? 0) === (later.match.port ?? 0) &&
    isCovered(comparable(earlier.match.method, 'exact:GET'), comparable(later.match.method, 'exact:GET')) &&
    isCovered(comparable(earlier.match.authority, ''), comparable(later.match.authority, '')) &&
    areCovered(earlier.match.headers, later.match.headers) &&
    areCovered(earlier.match.queryParams, later.match.queryParams) &&
    areCovered(earlier.match.withoutHeaders, later.match.withoutHeaders)
  );
}

const isCovered = (earlier: string, later: string): boolean => earlier.startsWith(later);

type Matches = Readonly<Record<string, StringMatch>>;

function areCovered(earlier: Matches = {}, later: Matches = {}): boolean {
  const keys = Object.keys(earlier);
  if (keys.length !== Object.keys(later).length) return false;
  return keys.every((key) => key in later && isCovered(comparable(earlier[key], ''), comparable(later[key], '')));
}

function comparable(match: StringMatch | undefined, otherwise: string): string {
  if (match?.exact) return `exact:${match.exact}`;
  return match?.prefix ? `prefix:${match.prefix}` : otherwise;
}
