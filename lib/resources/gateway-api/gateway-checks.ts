import { quoted } from '../../base/quoted.ts';
import { labelKeyProblem } from '../name-problems.ts';
import type { FindingLog } from '../finding.ts';
import type { Subject } from '../kind-definition.ts';
import type { ApiGatewaySpec } from './gateway-spec.ts';
import { checkListeners } from './listener-checks.ts';
import {
  checkCount,
  checkPortNumber,
  checkReference,
  checkRequired,
  isHostname,
  isVendorName,
  repeated,
} from './name-checks.ts';
import { checkNamespaceSelector } from './selector-checks.ts';

const addressTypes = ['Hostname', 'IPAddress', 'NamedAddress'];

/** What the CRD says of a Gateway beyond its shape. */
export function checkApiGateway({ spec }: Subject<ApiGatewaySpec>, log: FindingLog): void {
  const at = log.at('spec');
  checkRequired(at.at('gatewayClassName'), spec.gatewayClassName);
  checkListeners(at.at('listeners'), spec.listeners);
  checkAddresses(at.at('addresses'), spec.addresses);
  checkInfrastructure(at.at('infrastructure'), spec.infrastructure);
  checkGatewayTls(at.at('tls'), spec.tls);
  checkNamespaceSelector(at.at('allowedListeners.namespaces.selector'), spec.allowedListeners?.namespaces?.selector);
}

function checkAddresses(log: FindingLog, addresses: ApiGatewaySpec['addresses']): void {
  checkCount(log, addresses, { most: 16 });
  addresses?.forEach(({ type = 'IPAddress', value }, index) => {
    const at = log.at(`[${index}]`);
    if (!addressTypes.includes(type) && !isVendorName(type)) {
      at.at('type').error('INVALID_VALUE', `${quoted(type)} is no type of address; use Hostname`);
    }
    if (value !== undefined && value.length > 253) {
      at.at('value').error('INVALID_VALUE', 'must have at most 253 characters');
    } else if (type === 'Hostname' && value && !isHostname(value)) {
      at.at('value').error('INVALID_VALUE', `${quoted(value)} is no host name`);
    }
  });
  const known = (addresses ?? []).map(({ type = 'IPAddress', value }) => ({ type, value }));
  for (const index of repeated(known, ({ type, value }) =>
    isCompared(type) && value ? `${type} ${value}` : undefined,
  )) {
    log.at(`[${index}].value`).error('DUPLICATE', `${known[index]?.type} values must be unique`);
  }
}

const isCompared = (type: string): boolean => type === 'IPAddress' || type === 'Hostname';

function checkInfrastructure(log: FindingLog, infrastructure: ApiGatewaySpec['infrastructure']): void {
  if (!infrastructure) return;
  for (const [member, most] of [
    ['labels', 8],
    ['annotations', 16],
  ] as const) {
    const map = infrastructure[member] ?? {};
    checkCount(log.at(member), Object.keys(map), { most });
    for (const key of Object.keys(map)) {
      const problem = labelKeyProblem(key);
      if (problem !== undefined) log.at(member).member(key).error('INVALID_VALUE', problem);
    }
  }
  if (infrastructure.parametersRef) {
    checkReference(log.at('parametersRef'), infrastructure.parametersRef, { hasDefaults: false });
  }
}

function checkGatewayTls(log: FindingLog, tls: ApiGatewaySpec['tls']): void {
  const client = tls?.backend?.clientCertificateRef;
  if (client) checkReference(log.at('backend.clientCertificateRef'), client, { hasDefaults: true });
  const frontend = tls?.frontend;
  if (!frontend) return;
  const at = log.at('frontend');
  if (!frontend.default) at.at('default').error('REQUIRED', 'must be set, be it empty');
  checkFrontend(at.at('default'), frontend.default);
  checkCount(at.at('perPort'), frontend.perPort, { most: 64 });
  frontend.perPort?.forEach(({ port, tls: ofPort }, index) => {
    checkPortNumber(at.at(`perPort[${index}].port`), port);
    if (!ofPort) at.at(`perPort[${index}].tls`).error('REQUIRED', 'must be set');
    checkFrontend(at.at(`perPort[${index}].tls`), ofPort);
  });
  for (const index of repeated(frontend.perPort ?? [], ({ port }) => port?.toString())) {
    at.at(`perPort[${index}].port`).error('DUPLICATE', 'Port for TLS configuration must be unique within the Gateway');
  }
}

type Frontend = NonNullable<NonNullable<ApiGatewaySpec['tls']>['frontend']>['default'];

function checkFrontend(log: FindingLog, frontend: Frontend): void {
  const validation = frontend?.validation;
  if (!validation) return;
  const at = log.at('validation.caCertificateRefs');
  checkCount(at, validation.caCertificateRefs, { least: 1, most: 16 });
  validation.caCertificateRefs?.forEach((each, index) =>
    checkReference(at.at(`[${index}]`), each, { hasDefaults: false }),
  );
}
