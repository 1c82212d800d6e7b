import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import type { ListenerSpec } from './listener-spec.ts';
import {
  checkCount,
  checkGroup,
  checkHostname,
  checkKindWord,
  checkPortNumber,
  checkReference,
  checkRequired,
  checkSectionName,
  isVendorName,
  repeated,
} from './name-checks.ts';
import { checkNamespaceSelector } from './selector-checks.ts';

const protocolWord = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

/** What the CRDs say of the listeners of a Gateway or a ListenerSet, all of it at once. */
export function checkListeners(log: FindingLog, listeners: readonly ListenerSpec[] | undefined): void {
  checkCount(log, listeners, { least: 1, most: 64 });
  const all = listeners ?? [];
  all.slice(0, 64).forEach((each, index) => checkListener(log.at(`[${index}]`), each));
  for (const index of repeated(all, ({ name }) => name)) {
    log.at(`[${index}].name`).error('DUPLICATE', 'Listener name must be unique within the Gateway');
  }
  for (const index of repeated(all, socketOf)) {
    const message = 'Combination of port, protocol and hostname must be unique for each listener';
    log.at(`[${index}]`).error('DUPLICATE', message);
  }
}

const socketOf = ({ port, protocol, hostname }: ListenerSpec): string | undefined =>
  port === undefined ? undefined : `${port} ${protocol} ${hostname}`;

function checkListener(log: FindingLog, spec: ListenerSpec): void {
  checkSectionName(log.at('name'), spec.name);
  if (spec.hostname !== undefined) checkHostname(log.at('hostname'), spec.hostname);
  checkPortNumber(log.at('port'), spec.port);
  checkProtocol(log, spec);
  checkTls(log, spec);
  checkAllowedRoutes(log.at('allowedRoutes'), spec.allowedRoutes);
}

function checkProtocol(log: FindingLog, { protocol, hostname }: ListenerSpec): void {
  checkRequired(log.at('protocol'), protocol, 255);
  if (protocol && !protocolWord.test(protocol) && !isVendorName(protocol, /^[A-Za-z0-9]+$/)) {
    log.at('protocol').error('INVALID_VALUE', `${quoted(protocol)} is no protocol; use HTTP, HTTPS, TLS or TCP`);
  }
  if (hostname && (protocol === 'TCP' || protocol === 'UDP')) {
    log.at('hostname').error('CONFLICT', "hostname must not be specified for protocols ['TCP', 'UDP']");
  }
}

function checkTls(log: FindingLog, { protocol, tls }: ListenerSpec): void {
  if (tls && ['HTTP', 'TCP', 'UDP'].includes(protocol ?? '')) {
    log.at('tls').error('CONFLICT', "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']");
  }
  if (protocol === 'TLS' && !tls) log.at('tls').error('REQUIRED', 'tls mode must be set for protocol TLS');
  if (!tls) return;
  const mode = tls.mode ?? 'Terminate';
  if (protocol === 'HTTPS' && mode !== 'Terminate') {
    log.at('tls.mode').error('CONFLICT', 'tls mode must be Terminate for protocol HTTPS');
  }
  if (mode === 'Terminate' && !tls.certificateRefs?.length && Object.keys(tls.options ?? {}).length === 0) {
    log.at('tls').error('REQUIRED', 'certificateRefs or options must be specified when mode is Terminate');
  }
  checkCount(log.at('tls.certificateRefs'), tls.certificateRefs, { most: 64 });
  tls.certificateRefs?.forEach((each, index) =>
    checkReference(log.at(`tls.certificateRefs[${index}]`), each, { hasDefaults: true }),
  );
  checkOptions(log.at('tls.options'), tls.options);
}

/** Settings of vendors, as listeners and policies have them. */
export function checkOptions(log: FindingLog, options: Readonly<Record<string, string>> | undefined): void {
  checkCount(log, Object.keys(options ?? {}), { most: 16 });
  for (const [key, value] of Object.entries(options ?? {})) {
    if (value.length > 4096) log.member(key).error('INVALID_VALUE', 'must have at most 4096 characters');
  }
}

function checkAllowedRoutes(log: FindingLog, allowed: ListenerSpec['allowedRoutes']): void {
  if (!allowed) return;
  checkCount(log.at('kinds'), allowed.kinds, { most: 8 });
  allowed.kinds?.forEach(({ group, kind }, index) => {
    checkGroup(log.at(`kinds[${index}].group`), group, true);
    checkKindWord(log.at(`kinds[${index}].kind`), kind, false);
  });
  if (allowed.namespaces?.from === 'None') {
    log.at('namespaces.from').error('INVALID_VALUE', 'must be All, Selector or Same');
  }
  checkNamespaceSelector(log.at('namespaces.selector'), allowed.namespaces?.selector);
}
