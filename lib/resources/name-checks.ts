import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { isDnsLabel, isPort, labelKeyProblem, qualifiedNamePattern } from './name-problems.ts';

/** The rules of `name-problems.ts` as findings. */
export function checkPort(log: FindingLog, number: number | undefined): void {
  if (!isPort(number)) log.error('INVALID_VALUE', `port number ${number ?? 0} must be in the range 1..65535`);
}

/** Names of ports are DNS labels, because cluster and route names carry them. */
export function checkPortName(log: FindingLog, name: string | undefined): void {
  if (isDnsLabel(name ?? '')) return;
  log.error('INVALID_VALUE', `invalid port name: ${name ?? ''}; use letters, digits and dashes, at most 63 characters`);
}

/** Keys and values as Kubernetes' labels have them: `[prefix/]name`, and a value of at most 63 characters. */
export function checkLabels(log: FindingLog, labels: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    const problem = labelKeyProblem(key);
    if (problem !== undefined) log.member(key).error('INVALID_VALUE', problem);
    if (value !== '' && !qualifiedNamePattern.test(value)) {
      log
        .member(key)
        .error('INVALID_VALUE', `invalid tag value: ${quoted(value)}; use letters, digits, "-", "_" and "."`);
    }
  }
}

/** Selectors compare whole values: no key may be empty, and a `*` would be taken literally. */
export function checkSelector(log: FindingLog, labels: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    const pair = quoted(`${key}=${value}`);
    if (key === '') log.error('INVALID_VALUE', `empty key is not supported in selector: ${pair}`);
    if (key.includes('*') || value.includes('*')) {
      log.member(key).error('INVALID_VALUE', `wildcard is not supported in selector: ${pair}; write the whole value`);
    }
  }
}
