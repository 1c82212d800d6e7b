import type { HttpMatchRequest, StringMatch } from '../../resources/virtual-service-spec.ts';
import type { ConvertedRule } from './converted-rule.ts';

/**
 * GA-14: which of two rules is asked first: the one with the more specific path, then the one with a method, with more headers,
 * with more parameters. Equal ones stay in the order given, which is by age of their routes and then as written.
 */
export function bySpecificity(a: ConvertedRule, b: ConvertedRule): number {
  const [first, second] = [a.route.match?.[0], b.route.match?.[0]];
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  const ranksOfFirst = ranks(first);
  return ranks(second).reduce((order, rank, at) => (order !== 0 ? order : rank - (ranksOfFirst[at] ?? 0)), 0);
}

/** The greater, the earlier; the first that differs decides. */
const ranks = ({ uri, method, headers = {}, queryParams = {} }: HttpMatchRequest): readonly number[] => [
  pathRank(uri),
  pathLength(uri),
  method === undefined ? 0 : 1,
  Object.keys(headers).length,
  Object.keys(queryParams).length,
];

function pathRank(uri: StringMatch | undefined): number {
  if (uri === undefined) return 0;
  return uri.exact !== undefined ? 3 : uri.prefix !== undefined ? 2 : 1;
}

const pathLength = ({ exact, prefix, regex }: StringMatch = {}): number => (exact ?? prefix ?? regex ?? '').length;
