import { canonicalJson } from '../base/hashing.ts';
import { quoted } from '../base/quoted.ts';
import { covers, prefixConditions } from './covered-match.ts';
import type { FindingLog } from './finding.ts';
import type { HttpRoute, TcpRoute, TlsRoute, VirtualServiceSpec } from './virtual-service-spec.ts';

/** VS-33: warns of rules and matches that an earlier one takes everything from. */
export function warnOfUnreachableRules(log: FindingLog, spec: VirtualServiceSpec): void {
  for (const list of ['http', 'tcp', 'tls'] as const) warnOfUsedUpMatches(log.at(`spec.${list}`), spec[list] ?? []);
  warnOfCoveredPrefixes(log, spec);
}

/** Rules are tried in order: nothing comes after one without a match, and a match that was there before finds nothing. */
function warnOfUsedUpMatches(log: FindingLog, rules: readonly (HttpRoute | TcpRoute | TlsRoute)[]): void {
  const firstRuleWith = new Map<string, string>();
  let catchAll = false;
  for (const [index, rule] of rules.entries()) {
    const where = log.at(`[${index}]`);
    const unused = (reason: string): void =>
      where.warning('INEFFECTIVE', `virtualService rule ${nameOf(rule, index)} not used (${reason})`);
    const matches = rule.match ?? [];
    if (catchAll)
      unused(matches.length === 0 ? 'only the last rule can have no matches' : 'route without matches defined before');
    if (matches.length === 0) catchAll = true;
    if (catchAll) continue;
    let repeated = 0;
    for (const [at, match] of matches.entries()) {
      const condition = canonicalJson({ ...match, name: undefined });
      const first = firstRuleWith.get(condition);
      if (first === undefined) {
        firstRuleWith.set(condition, nameOf(rule, index));
        continue;
      }
      repeated += 1;
      where.at(`match[${at}]`).warning('INEFFECTIVE', ineffective(nameOf(rule, index), nameOf(match, at), first));
    }
    if (repeated === matches.length) unused('all matches used by prior rules');
  }
}

/** Each is compared with each, which must stay cheap for a document of any size. */
const mostConditions = 1000;

/** A path prefix that starts with an earlier rule's prefix is never tried, when the rest of both conditions agrees. */
function warnOfCoveredPrefixes(log: FindingLog, spec: VirtualServiceSpec): void {
  const conditions = prefixConditions(spec.http ?? []).slice(0, mostConditions);
  for (const [index, earlier] of conditions.entries()) {
    for (const later of conditions.slice(index + 1)) {
      if (later.prefix === earlier.prefix || !covers(earlier, later)) continue;
      const match = `${nameOf(later.match, later.matchIndex)} of prefix ${later.prefix}`;
      const by = `${nameOf(earlier.match, earlier.matchIndex)} of prefix ${earlier.prefix}`;
      const earlierRule = `${by} on ${nameOf(earlier.rule, earlier.ruleIndex)}`;
      const here = log.at(`spec.http[${later.ruleIndex}].match[${later.matchIndex}]`);
      here.warning('INEFFECTIVE', ineffective(nameOf(later.rule, later.ruleIndex), match, earlierRule));
    }
  }
}

const ineffective = (rule: string, match: string, earlier: string): string =>
  `virtualService rule ${rule} match ${match} is not used (duplicate/overlapping match in rule ${earlier})`;

/** The name where there is one; only HTTP rules and matches have one. */
function nameOf(named: object, index: number): string {
  const name = 'name' in named && typeof named.name === 'string' ? named.name : '';
  return name === '' ? `#${index}` : quoted(name);
}
