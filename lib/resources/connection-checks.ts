import { parseDuration } from '../base/duration.ts';
import { checkDuration } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import type { ConnectionPoolSpec, OutlierDetectionSpec } from './traffic-policy-spec.ts';

type HttpPool = NonNullable<ConnectionPoolSpec['http']>;
type TcpPool = NonNullable<ConnectionPoolSpec['tcp']>;

/** DR-39: limits on the connections to a host. */
export function checkConnectionPool(log: FindingLog, { http, tcp }: ConnectionPoolSpec): void {
  if (http === undefined && tcp === undefined) {
    log.error('REQUIRED', 'connection pool must have at least one field; set tcp or http');
  }
  if (http !== undefined) checkHttpPool(log.at('http'), http);
  if (tcp !== undefined) checkTcpPool(log.at('tcp'), tcp);
}

const httpCounts = {
  http1MaxPendingRequests: 'http1 max pending requests',
  http2MaxRequests: 'http2 max requests',
  maxRequestsPerConnection: 'max requests per connection',
  maxRetries: 'max retries',
  maxConcurrentStreams: 'max concurrent streams',
} as const satisfies Partial<Record<keyof HttpPool, string>>;

function checkHttpPool(log: FindingLog, http: HttpPool): void {
  for (const [field, name] of Object.entries(httpCounts)) {
    const count = http[field as keyof typeof httpCounts] ?? 0;
    if (count < 0) log.member(field).error('INVALID_VALUE', `${name} must be non-negative`);
  }
  checkDuration(log.at('idleTimeout'), http.idleTimeout);
  if (http.h2UpgradePolicy === 'UPGRADE' && http.useClientProtocol === true) {
    const message = 'use client protocol must not be true when H2UpgradePolicy is UPGRADE; remove one of them';
    log.error('CONFLICT', message);
  }
  if (http.http2KeepAlive === undefined) return;
  for (const field of ['interval', 'timeout'] as const) {
    const where = log.at(`http2KeepAlive.${field}`);
    if (http.http2KeepAlive[field] === undefined) where.error('REQUIRED', `http2 keepalive ${field} is required`);
    checkDuration(where, http.http2KeepAlive[field]);
  }
}

function checkTcpPool(log: FindingLog, tcp: TcpPool): void {
  if ((tcp.maxConnections ?? 0) < 0) {
    log.at('maxConnections').error('INVALID_VALUE', 'max connections must be non-negative');
  }
  checkDuration(log.at('connectTimeout'), tcp.connectTimeout);
  checkDuration(log.at('maxConnectionDuration'), tcp.maxConnectionDuration);
  // Zero takes the limit away, on purpose.
  const isUnlimited = Math.trunc(parseDuration(tcp.idleTimeout ?? '0s') ?? 0) === 0;
  if (!isUnlimited) checkDuration(log.at('idleTimeout'), tcp.idleTimeout);
  checkDuration(log.at('tcpKeepalive.time'), tcp.tcpKeepalive?.time);
  checkDuration(log.at('tcpKeepalive.interval'), tcp.tcpKeepalive?.interval);
}

/** DR-39: when an endpoint is taken out for a while. */
export function checkOutlierDetection(log: FindingLog, outlier: OutlierDetectionSpec): void {
  checkDuration(log.at('baseEjectionTime'), outlier.baseEjectionTime);
  checkDuration(log.at('interval'), outlier.interval);
  if ((outlier.consecutiveErrors ?? 0) !== 0) {
    const message =
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead';
    log.at('consecutiveErrors').warning('DEPRECATED', message);
  }
  if (outlier.splitExternalLocalOriginErrors !== true && (outlier.consecutiveLocalOriginFailures ?? 0) > 0) {
    const message =
      'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false';
    log.at('consecutiveLocalOriginFailures').error('CONFLICT', message);
  }
  for (const field of ['maxEjectionPercent', 'minHealthPercent'] as const) {
    const percent = outlier[field] ?? 0;
    if (percent >= 0 && percent <= 100) continue;
    log.at(field).error('INVALID_VALUE', `percentage ${percent} is not in range 0..100`);
  }
  for (const [index, status] of (outlier.outlierDetectionHttpErrorCodes ?? []).entries()) {
    if (status >= 100 && status <= 599) continue;
    const message = `HTTP status ${status} is not in range 100-599`;
    log.at(`outlierDetectionHttpErrorCodes[${index}]`).error('INVALID_VALUE', message);
  }
}
