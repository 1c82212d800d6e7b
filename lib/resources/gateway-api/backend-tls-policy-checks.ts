import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import type { Subject } from '../kind-definition.ts';
import type { BackendTlsPolicySpec } from './backend-tls-policy-spec.ts';
import { checkOptions } from './listener-checks.ts';
import {
  checkCount,
  checkHostname,
  checkReference,
  checkRequired,
  checkSectionName,
  isSubdomain,
  isVendorName,
  repeated,
} from './name-checks.ts';

/** What the CRD says of a BackendTLSPolicy beyond its shape. */
export function checkBackendTlsPolicy({ spec }: Subject<BackendTlsPolicySpec>, log: FindingLog): void {
  const at = log.at('spec');
  checkTargets(at.at('targetRefs'), spec.targetRefs);
  if (spec.validation) checkValidation(at.at('validation'), spec.validation);
  else at.at('validation').error('REQUIRED', 'must be set');
  checkOptions(at.at('options'), spec.options);
}

function checkTargets(log: FindingLog, targets: BackendTlsPolicySpec['targetRefs'] = []): void {
  checkCount(log, targets, { least: 1, most: 16 });
  targets.forEach((target, index) => {
    const { sectionName, ...reference } = target;
    checkReference(log.at(`[${index}]`), reference, { hasDefaults: false });
    if (sectionName !== undefined) checkSectionName(log.at(`[${index}].sectionName`), sectionName);
  });
  const keyed = targets.map(({ group = '', kind = '', name = '', sectionName = '' }) => ({
    target: `${group} ${kind} ${name}`,
    sectionName,
  }));
  for (const [index, { target, sectionName }] of keyed.entries()) {
    const isMixed = keyed.some(
      (other) => other.target === target && (other.sectionName === '') !== (sectionName === ''),
    );
    if (!isMixed || sectionName !== '') continue;
    const message = 'sectionName must be specified when targetRefs includes 2 or more references to the same target';
    log.at(`[${index}].sectionName`).error('REQUIRED', message);
  }
  for (const index of repeated(keyed, ({ target, sectionName }) => `${target} ${sectionName}`)) {
    const message = 'sectionName must be unique when targetRefs includes 2 or more references to the same target';
    log.at(`[${index}]`).error('DUPLICATE', message);
  }
}

const authoritiesPath = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

function checkValidation(log: FindingLog, validation: NonNullable<BackendTlsPolicySpec['validation']>): void {
  const { caCertificateRefs = [], wellKnownCACertificates = '', hostname, subjectAltNames } = validation;
  if (caCertificateRefs.length > 0 && wellKnownCACertificates !== '') {
    log.error('CONFLICT', 'must not contain both CACertificateRefs and WellKnownCACertificates');
  }
  if (caCertificateRefs.length === 0 && wellKnownCACertificates === '') {
    log.error('REQUIRED', 'must specify either CACertificateRefs or WellKnownCACertificates');
  }
  const isKnown = wellKnownCACertificates === 'System' || isVendorName(wellKnownCACertificates, authoritiesPath);
  if (wellKnownCACertificates !== '' && !isKnown) {
    const message = `${quoted(wellKnownCACertificates)} is no set of authorities; use System`;
    log.at('wellKnownCACertificates').error('INVALID_VALUE', message);
  }
  checkCount(log.at('caCertificateRefs'), caCertificateRefs, { most: 8 });
  caCertificateRefs.forEach((each, index) =>
    checkReference(log.at(`caCertificateRefs[${index}]`), each, { hasDefaults: false }),
  );
  checkRequired(log.at('hostname'), hostname);
  if (hostname && hostname.length <= 253 && !isSubdomain(hostname)) {
    log.at('hostname').error('INVALID_VALUE', `${quoted(hostname)} is no host name without a wildcard`);
  }
  checkCount(log.at('subjectAltNames'), subjectAltNames, { most: 5 });
  subjectAltNames?.forEach((each, index) => checkAltName(log.at(`subjectAltNames[${index}]`), each));
}

type AltName = NonNullable<NonNullable<BackendTlsPolicySpec['validation']>['subjectAltNames']>[number];

function checkAltName(log: FindingLog, { type, hostname = '', uri = '' }: AltName): void {
  if (type === undefined) return log.at('type').error('REQUIRED', 'must be Hostname or URI');
  const isHost = type === 'Hostname';
  const [wanted, other] = isHost ? [hostname, uri] : [uri, hostname];
  const [wantedName, otherName] = isHost ? ['Hostname', 'URI'] : ['URI', 'Hostname'];
  if (wanted === '') {
    log.error('REQUIRED', `SubjectAltName element must contain ${wantedName}, if Type is set to ${wantedName}`);
  }
  if (other !== '') {
    log.error('CONFLICT', `SubjectAltName element must not contain ${otherName}, if Type is not set to ${otherName}`);
  }
  if (isHost && hostname !== '') checkHostname(log.at('hostname'), hostname);
  if (!isHost && uri !== '' && !/^[^:/?#]+:/.test(uri)) {
    log.at('uri').error('INVALID_VALUE', `${quoted(uri)} is no URI; it starts with a scheme, such as spiffe:`);
  }
}
