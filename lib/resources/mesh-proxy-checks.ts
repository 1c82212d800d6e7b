import { parseDuration } from '../base/duration.ts';
import { isIpAddress } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import { checkClientTls } from './client-tls-checks.ts';
import { durationProblem } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import type { ProxyConfigSpec } from './mesh-proxy-config.ts';
import { fqdnProblem, isPort } from './name-problems.ts';

type Check = (field: string, name: string, problem: string | undefined) => void;

/** What Istio says of the ProxyConfig in its MeshConfig. The settings are whole: laid over the defaults. */
export function checkProxyConfig(log: FindingLog, proxy: ProxyConfigSpec | undefined): void {
  if (proxy === undefined) {
    log.error('REQUIRED', 'missing default config');
    return;
  }
  const check: Check = (field, name, problem) => {
    if (problem !== undefined) log.at(field).error('INVALID_VALUE', name === '' ? problem : `${name}: ${problem}`);
  };
  checkRequired(check, proxy);
  check('drainDuration', 'invalid drain duration', drainProblem(proxy.drainDuration ?? '0s'));
  for (const [field, name] of Object.entries(ports)) {
    const port = proxy[field as keyof typeof ports];
    check(field, name, isPort(port) ? undefined : `port number ${port ?? 0} must be in the range 1..65535`);
  }
  checkAddresses(check, proxy);
  checkTracing(check, proxy.tracing ?? {});
  if (proxy.tracing?.tlsSettings !== undefined) {
    checkClientTls(log.at('tracing.tlsSettings'), proxy.tracing.tlsSettings, '');
  }
  if (proxy.controlPlaneAuthPolicy === 'INHERIT') {
    check(
      'controlPlaneAuthPolicy',
      'invalid authentication policy',
      'unrecognized control plane auth policy "INHERIT"',
    );
  }
  checkKeyProvider(check, proxy);
  checkConnectionSettings(check, proxy.connectionSettings ?? {});
  if (proxy.proxyMetadata !== undefined && 'ISTIO_META_DNS_AUTO_ALLOCATE' in proxy.proxyMetadata) {
    const message =
      "'ISTIO_META_DNS_AUTO_ALLOCATE' is deprecated; addresses are allocated to every ServiceEntry without one";
    log.at('proxyMetadata.ISTIO_META_DNS_AUTO_ALLOCATE').warning('DEPRECATED', message);
  }
}

const ports = { proxyAdminPort: 'invalid proxy admin port', statusPort: 'invalid status port' } as const;

function checkRequired(check: Check, proxy: ProxyConfigSpec): void {
  if ((proxy.configPath ?? '') === '') check('configPath', '', 'config path must be set');
  if ((proxy.binaryPath ?? '') === '') check('binaryPath', '', 'binary path must be set');
  if (proxy.serviceCluster === '') check('serviceCluster', '', 'service cluster must be specified');
  if (proxy.serviceCluster === undefined && proxy.tracingServiceName === undefined) {
    check('serviceCluster', '', 'oneof service cluster or tracing service name must be specified');
  }
  if ((proxy.discoveryAddress ?? '') === '') {
    check('discoveryAddress', '', 'discovery address must be set to the proxy discovery service');
  }
}

function drainProblem(text: string): string | undefined {
  const problem = durationProblem(text);
  if (problem !== undefined) return problem;
  return (parseDuration(text) ?? 0) % 1000 === 0
    ? undefined
    : 'drain time only supports durations to seconds precision';
}

function checkAddresses(check: Check, proxy: ProxyConfigSpec): void {
  const { statsdUdpAddress = '', envoyMetricsServiceAddress = '', discoveryAddress = '' } = proxy;
  if (discoveryAddress !== '') check('discoveryAddress', 'invalid discovery address', addressProblem(discoveryAddress));
  const optional: readonly (readonly [string, string, string])[] = [
    ['statsdUdpAddress', 'statsd udp address', statsdUdpAddress],
    ['envoyMetricsServiceAddress', 'envoy metrics service address', envoyMetricsServiceAddress],
    ['envoyMetricsService.address', 'envoy metrics service address', proxy.envoyMetricsService?.address ?? ''],
    ['envoyAccessLogService.address', 'envoy access log service address', proxy.envoyAccessLogService?.address ?? ''],
  ];
  for (const [field, name, address] of optional) {
    if (address !== '') check(field, `invalid ${name} ${quoted(address)}`, addressProblem(address));
  }
}

/** `host:port`, where the host may be an IPv6 address in brackets. */
function addressProblem(text: string): string | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return `unable to split ${quoted(text)}: missing port in address`;
  const written = text.slice(0, colon);
  const host = written.replace(/^\[(.*)\]$/, '$1');
  if (host === written && host.includes(':')) {
    return `unable to split ${quoted(text)}: too many colons in address; an IPv6 address stands in brackets`;
  }
  const port = text.slice(colon + 1);
  if (!/^\d{1,9}$/.test(port)) return `port (${port}) is not a number`;
  if (!isPort(Number(port))) return `port number ${port} must be in the range 1..65535`;
  const isHost = isIpAddress(host) || fqdnProblem(host) === undefined;
  return isHost ? undefined : `${quoted(host)} is not a valid hostname or an IP address`;
}

function checkTracing(check: Check, tracing: NonNullable<ProxyConfigSpec['tracing']>): void {
  for (const tracer of ['zipkin', 'datadog', 'lightstep'] as const) {
    const collector = tracing[tracer];
    if (collector === undefined) continue;
    // The address of the machine is only known where the proxy runs.
    const address = (collector.address ?? '').replace('$(HOST_IP)', '127.0.0.1');
    check(`tracing.${tracer}.address`, `invalid ${tracer} config`, addressProblem(address));
  }
  if (tracing.lightstep !== undefined && (tracing.lightstep.accessToken ?? '') === '') {
    check('tracing.lightstep.accessToken', 'invalid lightstep config', 'access token is required');
  }
}

function checkKeyProvider(check: Check, { privateKeyProvider: provider }: ProxyConfigSpec): void {
  if (provider === undefined) return;
  const name = 'invalid private key provider configuration';
  const chosen = provider.cryptomb ?? provider.qat;
  if (chosen === undefined) check('privateKeyProvider', name, 'private key provider configuration is required');
  else if (chosen.pollDelay === undefined) check('privateKeyProvider', name, 'pollDelay is required');
  else if (parseDuration(chosen.pollDelay) === 0) check('privateKeyProvider', name, 'pollDelay must be non zero');
}

type ConnectionSettings = NonNullable<ProxyConfigSpec['connectionSettings']>;

/** Smallest value of each count, and what is said of a smaller one. HTTP/2's own smallest window is 65,535. */
const smallest = {
  listenerPerConnectionBufferLimitBytes: 0,
  clusterPerConnectionBufferLimitBytes: 0,
  httpMaxConcurrentStreams: 1,
  http2InitialStreamWindowSize: 65_535,
  http2InitialConnectionWindowSize: 65_535,
  listenerConnectionLimit: 1,
  globalDownstreamConnectionLimit: 1,
} as const satisfies Partial<Record<keyof ConnectionSettings, number>>;

const durations = [
  'httpIdleTimeout',
  'httpMaxConnectionDuration',
  'httpDrainTimeout',
  'httpRequestTimeout',
  'httpRequestHeadersTimeout',
  'httpStreamIdleTimeout',
  'httpMaxStreamDuration',
] as const satisfies readonly (keyof ConnectionSettings)[];

function checkConnectionSettings(check: Check, settings: ConnectionSettings): void {
  const name = 'invalid connection settings';
  for (const [field, bound] of Object.entries(smallest)) {
    const value = settings[field as keyof typeof smallest] ?? bound;
    const demand = bound === 0 ? 'non-negative' : bound === 1 ? 'positive' : `at least ${bound}`;
    check(`connectionSettings.${field}`, name, value < bound ? `${snakeCase(field)} must be ${demand}` : undefined);
  }
  for (const field of durations) {
    const isNegative = (parseDuration(settings[field] ?? '0s') ?? 0) < 0;
    check(`connectionSettings.${field}`, name, isNegative ? `${snakeCase(field)} must be non-negative` : undefined);
  }
}

const snakeCase = (field: string): string => field.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
