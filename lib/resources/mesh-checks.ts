import { parseDuration } from '../base/duration.ts';
import { isIpAddress } from '../base/ip-address.ts';
import { readAuthorities } from '../base/certificate-authorities.ts';
import { quoted } from '../base/quoted.ts';
import { checkAuthorizer } from './authorizer-checks.ts';
import { checkConnectionPool, checkOutlierDetection } from './connection-checks.ts';
import { durationProblem } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkRetry } from './http-retry-checks.ts';
import { checkLocalityLb, checkZoneAwareLb } from './locality-checks.ts';
import type { MeshConfigSpec } from './mesh-config.ts';
import type { MeshNetworksSpec } from './mesh-networks.ts';
import { checkProxyConfig } from './mesh-proxy-checks.ts';
import { checkPort } from './name-checks.ts';
import { fqdnProblem, isDnsLabel, subnetProblem, wildcardHostProblem } from './name-problems.ts';

/** What Istio says of its MeshConfig when it starts. The settings are whole: laid over the defaults. */
export function checkMeshConfig(log: FindingLog, mesh: MeshConfigSpec): void {
  checkNamed(log.at('proxyListenPort'), 'invalid proxy listen port', portProblem(mesh.proxyListenPort));
  checkNamed(log.at('connectTimeout'), 'invalid connect timeout', connectTimeoutProblem(mesh.connectTimeout));
  const detection = mesh.protocolDetectionTimeout ?? '0s';
  const detectionProblem = (parseDuration(detection) ?? 1) === 0 ? undefined : wholeMsProblem(detection);
  checkNamed(log.at('protocolDetectionTimeout'), 'invalid protocol detection timeout', detectionProblem);
  checkProxyConfig(log.at('defaultConfig'), mesh.defaultConfig);
  if (mesh.localityLbSetting) checkLocalityLb(log.at('localityLbSetting'), mesh.localityLbSetting, true);
  if (mesh.zoneAwareLbSetting) checkZoneAwareLb(log.at('zoneAwareLbSetting'), mesh.zoneAwareLbSetting, true);
  checkServiceHosts(log, mesh);
  checkTrustDomains(log, mesh);
  checkTls(log, mesh);
  checkAuthorities(log, mesh);
  const { connectionPool, outlierDetection } = mesh.defaultTrafficPolicy ?? {};
  if (connectionPool) checkConnectionPool(log.at('defaultTrafficPolicy.connectionPool'), connectionPool);
  if (outlierDetection) checkOutlierDetection(log.at('defaultTrafficPolicy.outlierDetection'), outlierDetection);
  if (mesh.defaultHttpRetryPolicy) checkRetry(log.at('defaultHttpRetryPolicy'), mesh.defaultHttpRetryPolicy);
  checkInboundRetry(log.at('defaultInboundHttpRetryPolicy'), mesh.defaultInboundHttpRetryPolicy);
  checkProviderNames(log.at('extensionProviders'), mesh.extensionProviders ?? []);
}

function checkNamed(log: FindingLog, name: string, problem: string | undefined): void {
  if (problem !== undefined) log.error('INVALID_VALUE', `${name}: ${problem}`);
}

/** Whom workloads believe beside the mesh's own authority. */
function checkAuthorities(log: FindingLog, { caCertificates = [] }: MeshConfigSpec): void {
  for (const [index, { pem = '', spiffeBundleUrl = '' }] of caCertificates.entries()) {
    const at = log.at(`caCertificates[${index}]`);
    const read = pem === '' ? undefined : readAuthorities(pem);
    if (read && 'reason' in read) at.at('pem').error('INVALID_VALUE', `no certificates of authorities: ${read.reason}`);
    if (spiffeBundleUrl !== '' && !/^https:\/\//.test(spiffeBundleUrl)) {
      at.at('spiffeBundleUrl').error('INVALID_VALUE', `${quoted(spiffeBundleUrl)} is no https URL`);
    }
  }
}

const portProblem = (port = 0): string | undefined =>
  port >= 1 && port <= 65535 ? undefined : `port number ${port} must be in the range 1..65535`;

const oneHourMs = 3_600_000;

function connectTimeoutProblem(text = '0s'): string | undefined {
  const problem = durationProblem(text);
  if (problem !== undefined) return problem;
  return (parseDuration(text) ?? 0) > oneHourMs ? `time ${text} must be >1ms and <1h0m0s` : undefined;
}

function wholeMsProblem(text: string): string | undefined {
  const length = parseDuration(text);
  return length !== undefined && Number.isInteger(length) ? undefined : 'only durations to ms precision are supported';
}

function checkServiceHosts(log: FindingLog, { serviceSettings = [] }: MeshConfigSpec): void {
  for (const [index, { hosts = [] }] of serviceSettings.entries()) {
    for (const [at, host] of hosts.entries()) {
      const problem = wildcardHostProblem(host);
      const where = log.at(`serviceSettings[${index}].hosts[${at}]`);
      checkNamed(where, `serviceSettings[${index}], host \`${host}\``, problem);
    }
  }
}

/** A trust domain's labels are those of a DNS name, but all digits are fine. */
function trustDomainProblem(domain: string): string | undefined {
  if (domain === '') return 'empty domain name not allowed';
  const labels = domain.replace(/\.$/, '').split('.');
  return labels.every(isDnsLabel) ? undefined : `trust domain name ${quoted(domain)} invalid`;
}

function checkTrustDomains(log: FindingLog, mesh: MeshConfigSpec): void {
  checkNamed(log.at('trustDomain'), 'trustDomain', trustDomainProblem(mesh.trustDomain ?? ''));
  for (const [index, alias] of (mesh.trustDomainAliases ?? []).entries()) {
    const where = `trustDomainAliases[${index}]`;
    checkNamed(log.at(where), `${where}, domain \`${alias}\``, trustDomainProblem(alias));
  }
}

const curves: ReadonlySet<string> = new Set([
  '',
  'P-224',
  'P-256',
  'P-521',
  'P-384',
  'X25519',
  'X25519Kyber768Draft00',
  'X25519MLKEM768',
]);

function checkTls(log: FindingLog, mesh: MeshConfigSpec): void {
  if (mesh.meshMTLS?.ecdhCurves !== undefined) {
    const message = 'mesh TLS does not support ECDH curves configuration; set them in tlsDefaults';
    log.at('meshMTLS.ecdhCurves').error('CONFLICT', message);
  }
  const written = mesh.tlsDefaults?.ecdhCurves ?? [];
  const unknown = written.filter((curve) => !curves.has(curve));
  const seen = new Set<string>();
  const repeated = written.filter((curve) => curves.has(curve) && seen.size === seen.add(curve).size);
  const warn = (what: string, names: readonly string[]): void => {
    if (names.length === 0) return;
    const message = `detected ${what} ECDH curves: [${[...new Set(names)].sort().join(' ')}]`;
    log.at('tlsDefaults.ecdhCurves').warning('INEFFECTIVE', message);
  };
  warn('unrecognized', unknown);
  warn('duplicate', repeated);
}

/** On the way in there is one host to try, so that only how often, on what and how slowly mean anything. */
function checkInboundRetry(log: FindingLog, retry: MeshConfigSpec['defaultInboundHttpRetryPolicy']): void {
  if (retry === undefined) return;
  checkRetry(log, retry);
  if ((retry.attempts ?? 0) === 0 && retry.backoff !== undefined) {
    const message =
      'invalid default inbound http retry policy: backoff configured when attempts are set to 0 (disabled)';
    log.at('backoff').error('CONFLICT', message);
  }
  for (const field of ['perTryTimeout', 'retryRemoteLocalities', 'retryIgnorePreviousHosts'] as const) {
    if (retry[field] === undefined) continue;
    log.at(field).warning('INEFFECTIVE', `${field} is ignored by the default inbound http retry policy`);
  }
}

type Providers = NonNullable<MeshConfigSpec['extensionProviders']>;

/** A provider that nothing names does no harm, hence warnings. */
function checkProviderNames(log: FindingLog, providers: Providers): void {
  const names = new Set<string>();
  for (const [index, { name = '' }] of providers.entries()) {
    const where = log.at(`[${index}].name`);
    if (name === '') where.warning('INVALID_VALUE', 'empty extension provider name; nothing can refer to it');
    else if (names.has(name)) where.warning('DUPLICATE', `duplicate extension provider name ${quoted(name)}`);
    names.add(name);
  }
  providers.forEach((provider, index) => checkAuthorizer(log.at(`[${index}]`), provider));
}

/** What Istio says of its MeshNetworks. */
export function checkMeshNetworks(log: FindingLog, { networks = {} }: MeshNetworksSpec): void {
  for (const [name, { endpoints = [], gateways = [] }] of Object.entries(networks)) {
    const where = log.at('networks').member(name);
    for (const [index, { fromCidr, fromRegistry }] of endpoints.entries()) {
      const cidrProblem = fromCidr === undefined ? undefined : subnetProblem(fromCidr);
      checkNamed(where.at(`endpoints[${index}].fromCidr`), `invalid network ${name}`, cidrProblem);
      if (fromRegistry !== undefined && !isDnsLabel(fromRegistry)) {
        const problem = `invalid registry name: ${fromRegistry}`;
        checkNamed(where.at(`endpoints[${index}].fromRegistry`), `invalid network ${name}`, problem);
      }
    }
    for (const [index, { address, registryServiceName, port }] of gateways.entries()) {
      const host = registryServiceName ?? (address === undefined || isIpAddress(address) ? undefined : address);
      const problem = host === undefined ? undefined : fqdnProblem(host);
      checkNamed(where.at(`gateways[${index}]`), `invalid network ${name}`, problem);
      checkPort(where.at(`gateways[${index}].port`), port);
    }
  }
}
