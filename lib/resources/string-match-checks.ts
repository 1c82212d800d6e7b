import { quoted } from '../base/quoted.ts';
import { RE2JS } from 're2js';
import type { FindingLog } from './finding.ts';
import { regexSize } from './regex-size.ts';
import type { StringMatch } from './virtual-service-spec.ts';

/** VS-26: a string match that says how to compare, and with what. An empty exact match is fine; it matches the empty text. */
export function checkStringMatch(log: FindingLog, match: StringMatch | undefined): void {
  if (match?.prefix === '') {
    log.at('prefix').error('INVALID_VALUE', `${quoted(log.path)}: prefix string match should not be empty`);
  }
  checkRegexMatch(log, match);
}

/** VS-26: the same for a field whose prefix may be empty: every path starts with nothing. */
export function checkRegexMatch(log: FindingLog, match: StringMatch | undefined): void {
  if (match === undefined) return;
  if (Object.keys(match).length > 1) {
    log.error('CONFLICT', `${quoted(log.path)}: only one of exact, prefix and regex may be set; keep one`);
  }
  if (match.regex === '') {
    log.at('regex').error('INVALID_VALUE', `${quoted(log.path)}: regex string match should not be empty`);
  } else if (match.regex !== undefined) checkRegex(log.at('regex'), match.regex);
}

/** VS-26: the bound that Istio sets on the text. */
const longestRegex = 1024;
/** Instructions: the largest program for which Istio configures Envoy. */
const largestProgram = 32_768;
/** Making one instruction takes about a microsecond, and many expressions are longer to refuse than to make. */
const leastEffort = 100;

export function checkRegex(log: FindingLog, regex: string): void {
  if (new TextEncoder().encode(regex).length > longestRegex) {
    log.error('INVALID_VALUE', `${quoted(log.path)}: regex is too large, max length allowed is ${longestRegex}`);
    return;
  }
  const size = regexSize(regex);
  if (size > largestProgram) {
    const message = `${quoted(log.path)}: regex is too large, it repeats so much that Envoy will not take it`;
    log.error('INVALID_VALUE', message);
    return;
  }
  if (!log.spend(size + leastEffort)) {
    log.error('INVALID_VALUE', 'the regular expressions of this document are too large together; split the document');
    return;
  }
  const problem = regexProblem(regex);
  if (problem === undefined) return;
  log.error(
    'INVALID_VALUE',
    `${quoted(log.path)}: ${problem}; Istio uses RE2 style regex-based match, without look-around or back references`,
  );
}

/** What RE2 says against a regular expression; undefined when it takes it. */
function regexProblem(regex: string): string | undefined {
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (refusal) {
    // The parser has no way to refuse but to throw; whatever it throws, the text is no usable expression.
    return refusal instanceof Error ? refusal.message : String(refusal);
  }
}
