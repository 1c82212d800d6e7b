import { canonicalJson } from '../base/hashing.ts';
import type { HttpMatch } from '../model/http-rule.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { readHttpMatch } from '../world/http-matches.ts';
import { type AnalyzedMesh, ofKind } from './analyzed-mesh.ts';
import { covers } from './covering-match.ts';
import type { Found } from './finding.ts';

/** Rules of one VirtualService, and conditions of rules, that an earlier rule takes everything from. */
export function shadowedRoutes(mesh: AnalyzedMesh): readonly Found[] {
  return ofKind(mesh, 'VirtualService').flatMap((virtualService) => {
    const { tcp, tls } = virtualService.spec;
    const shadows = [
      ...shadowsAmong(httpRulesOf(virtualService), covers),
      ...shadowsAmong(
        (tcp ?? []).map((rule, index) => ruleOf(rule, `spec.tcp[${index}]`, canonicalJson)),
        isSame,
      ),
      ...shadowsAmong(
        (tls ?? []).map((rule, index) => ruleOf(rule, `spec.tls[${index}]`, canonicalJson)),
        isSame,
      ),
    ];
    return shadows.map((shadow) => ({ code: 'ROUTE_SHADOWED' as const, resource: keyOf(virtualService), ...shadow }));
  });
}

/** A rule as shadows are found among them: alternatives, none of which means that it takes everything. */
export interface ShadowedRule<Match> {
  readonly path: string;
  readonly name: string;
  readonly matches: readonly Match[];
}

type Shadow = Pick<Found, 'path' | 'message'>;

export type VirtualService = Resource<'VirtualService'>;

/** The HTTP rules of a VirtualService as written. */
export const httpRulesOf = ({ spec }: VirtualService): readonly ShadowedRule<HttpMatch>[] =>
  (spec.http ?? []).map((rule, index) => ruleOf(rule, `spec.http[${index}]`, readHttpMatch));

const isSame = (one: string, other: string): boolean => one === other;

function ruleOf<Written, Match>(
  rule: { readonly name?: string; readonly match?: readonly Written[] },
  path: string,
  read: (match: Written) => Match,
): ShadowedRule<Match> {
  return { path, name: rule.name ?? '', matches: (rule.match ?? []).map(read) };
}

function shadowsAmong<Match>(
  rules: readonly ShadowedRule<Match>[],
  isCovered: (earlier: Match, later: Match) => boolean,
): readonly Shadow[] {
  return rules.flatMap((rule, index): readonly Shadow[] => {
    const earlier = rules.slice(0, index);
    const all = earlier.find(({ matches }) => matches.length === 0);
    if (all) return [{ path: rule.path, message: `never matches: ${labelOf(all)} takes everything` }];
    const shadows = rule.matches.map((match) =>
      earlier.find(({ matches }) => matches.some((each) => isCovered(each, match))),
    );
    const by = shadows.filter((each) => each !== undefined);
    if (by.length > 0 && by.length === shadows.length) {
      const names = [...new Set(by.map(labelOf))].join(' and ');
      return [{ path: rule.path, message: `never matches: what it is for is taken by ${names}` }];
    }
    return shadows.flatMap((shadow, at) =>
      shadow === undefined
        ? []
        : [
            {
              path: `${rule.path}.match[${at}]`,
              message: `never matches: what it is for is taken by ${labelOf(shadow)}`,
            },
          ],
    );
  });
}

/** Where a rule stands, and what it is called where it has a name. */
export const labelOf = ({ path, name }: Pick<ShadowedRule<unknown>, 'path' | 'name'>): string =>
  name === '' ? path : `${path} (${name})`;
