import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import type { SecretValues } from './secret-facts.ts';
import { checkSource, sourceOf } from './secret-source.ts';
import type { WrittenSecret } from './secret-spec.ts';
import { writtenValue, writtenValues } from './written-values.ts';

/** Kubernetes' bound for all values of a Secret or a ConfigMap together. */
const mostValueBytes = 1024 * 1024;

/** What a Secret of a type must have to be of any use, as Kubernetes checks it. */
const requiredValues: Readonly<Record<string, readonly string[]>> = { 'kubernetes.io/tls': ['tls.crt', 'tls.key'] };

/**
 * Whether values can be read at all, and whether those of its type are there. What is in them is told when they are stored: a
 * certificate that no proxy can use must not keep the one from serving that is there.
 */
export function checkSecret({ metadata, spec }: Subject<WrittenSecret>, log: FindingLog): void {
  const { data = {}, stringData = {}, type } = spec;
  checkValueNames(log.at('data'), Object.keys(data));
  checkValueNames(log.at('stringData'), Object.keys(stringData));
  for (const [name, text] of Object.entries(data)) {
    if (writtenValue(text) !== undefined) continue;
    log
      .at('data')
      .member(name)
      .error('INVALID_VALUE', 'is no base64; encode the value, or write it as it is under stringData');
  }
  checkValueSize(log, writtenValues(spec));
  checkSource(metadata, log);
  if (sourceOf(metadata) !== undefined) return;
  for (const name of requiredValues[type ?? ''] ?? []) {
    if (name in data || name in stringData) continue;
    log
      .at('data')
      .member(name)
      .error('REQUIRED', `a Secret of type ${quoted(type ?? '')} has the value ${quoted(name)}; add it`);
  }
}

export function checkValueNames(log: FindingLog, names: readonly string[]): void {
  for (const name of names) {
    if (/^[-._a-zA-Z0-9]{1,253}$/.test(name) && name !== '.' && name !== '..') continue;
    const message = `invalid name of a value; use letters, digits, "-", "_" and ".", at most 253 characters`;
    log.member(name).error('INVALID_VALUE', message);
  }
}

export function checkValueSize(log: FindingLog, values: SecretValues): void {
  const bytes = [...values.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes <= mostValueBytes) return;
  log.error('INVALID_VALUE', `the values are too large; ${mostValueBytes} bytes together at most`);
}
