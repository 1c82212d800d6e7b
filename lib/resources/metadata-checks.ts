import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { labelKeyProblem } from './name-problems.ts';
import { DRY_RUN_ANNOTATION } from './well-known-names.ts';
import type { ObjectMeta } from './metadata.ts';

const dnsLabelPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const labelValuePattern = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** Kubernetes' bound for all annotations of an object together. */
const mostAnnotationBytes = 256 * 1024;

/** What of a kind decides about metadata. */
interface MetadataRules {
  readonly isNamespaced: boolean;
  /** Whether objects of the kind may be tried out without being carried out; the kind says which of them. */
  readonly mayRunDry: boolean;
}

/** CS-12: what any kind's metadata must be. A kind may be stricter about its names. */
export function checkMetadata(log: FindingLog, metadata: ObjectMeta, { isNamespaced, mayRunDry }: MetadataRules): void {
  const { name, namespace } = metadata;
  if (name === '') log.at('metadata.name').error('REQUIRED', 'a document has a name; write metadata.name');
  else if (name.length > 253 || !name.split('.').every((label) => dnsLabelPattern.test(label))) {
    const message = `invalid name ${quoted(name)}; use lower-case letters, digits, dashes and dots, at most 253 characters`;
    log.at('metadata.name').error('INVALID_METADATA', message);
  }
  if (isNamespaced && (namespace.length > 63 || !dnsLabelPattern.test(namespace))) {
    const message = `invalid namespace ${quoted(namespace)}; use lower-case letters, digits and dashes, at most 63 characters`;
    log.at('metadata.namespace').error('INVALID_METADATA', message);
  }
  checkLabels(log.at('metadata.labels'), metadata.labels ?? {});
  checkAnnotations(log.at('metadata.annotations'), metadata.annotations ?? {}, mayRunDry);
}

function checkLabels(log: FindingLog, labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    const here = log.member(key);
    const problem = labelKeyProblem(key);
    if (problem !== undefined) here.error('INVALID_METADATA', problem);
    if (value.length > 63 || !labelValuePattern.test(value)) {
      const message = `invalid label value ${quoted(value)}; use letters, digits, "-", "_" and ".", at most 63 characters`;
      here.error('INVALID_METADATA', message);
    }
  }
}

function checkAnnotations(log: FindingLog, annotations: Readonly<Record<string, string>>, mayRunDry: boolean): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const here = log.member(key);
    const problem = labelKeyProblem(key);
    size += key.length + value.length;
    if (problem !== undefined) here.error('INVALID_METADATA', problem.replace('tag key', 'annotation key'));
    checkReserved(here, key);
    if (key === DRY_RUN_ANNOTATION && !mayRunDry) {
      here.error('INVALID_METADATA', `unsupported annotation ${DRY_RUN_ANNOTATION}, please remove the annotation`);
    }
  }
  if (size > mostAnnotationBytes) {
    log.error('INVALID_METADATA', `annotations are too large; ${mostAnnotationBytes} bytes together at most`);
  }
}

/** Annotations by which a control plane marks what it has made itself; written by people they would lend them its rights. */
function checkReserved(log: FindingLog, key: string): void {
  if (key.startsWith('internal.istio.io/')) {
    log.error('INVALID_METADATA', `${quoted(key)} annotation found, this may not be set by users; remove it`);
  }
}
