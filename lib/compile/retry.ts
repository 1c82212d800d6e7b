import type { RetryIr } from '../ir/route-configuration.ts';
import type { Retries } from '../model/http-rule.ts';
import type { MeshSettings, RetryDefaults } from '../model/mesh-settings.ts';

/** Retried unless something else is written (RT-24): the request was not seen by a server, or it answered that it is away. */
const DEFAULT_RETRY: RetryIr = {
  attempts: 2,
  retryOn: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  statusCodes: [],
  perTryTimeout: undefined,
  backoff: undefined,
  hostSelectionAttempts: 5,
  avoidsPreviousHosts: true,
  triesOtherPriorities: false,
};

/**
 * How a client retries (RT-24 to RT-26): the rule's own policy, the mesh's, or the default. A hash key sends all attempts to
 * the same host, so hosts that were tried are then not avoided by default.
 */
export function compileRetry(
  written: Retries | undefined,
  mesh: MeshSettings,
  hasHashKey: boolean,
): RetryIr | undefined {
  const basis = { ...DEFAULT_RETRY, avoidsPreviousHosts: !hasHashKey };
  const policy = written ?? (mesh.defaultRetries === undefined ? undefined : fromDefaults(mesh.defaultRetries));
  if (policy === undefined) return basis;
  if (policy.attempts <= 0) return undefined;
  return {
    ...basis,
    ...(policy.retryOn === undefined ? {} : splitRetryOn(policy.retryOn)),
    attempts: policy.attempts,
    perTryTimeout: policy.perTryTimeout,
    backoff: policy.backoff,
    avoidsPreviousHosts: policy.ignoresPreviousHosts ?? basis.avoidsPreviousHosts,
    triesOtherPriorities: policy.retriesRemoteLocalities,
  };
}

/** How the proxy of a server retries towards it (RT-33): only what the server cannot have seen. */
export function compileInboundRetry(mesh: MeshSettings, isGrpc: boolean): RetryIr | undefined {
  const override = mesh.defaultInboundRetries;
  if (isGrpc || (override !== undefined && override.attempts <= 0)) return undefined;
  return {
    ...DEFAULT_RETRY,
    hostSelectionAttempts: 0,
    avoidsPreviousHosts: false,
    retryOn: 'reset-before-request',
    ...(override?.retryOn === undefined ? {} : splitRetryOn(override.retryOn)),
    attempts: override?.attempts ?? 2,
    backoff: override?.backoff,
  };
}

function fromDefaults(defaults: RetryDefaults): Retries {
  return { ...defaults, perTryTimeout: undefined, retriesRemoteLocalities: false, ignoresPreviousHosts: undefined };
}

/** RT-25: numbers among the conditions are status codes, which Envoy takes apart and switches on by a condition of its own. */
function splitRetryOn(written: string): Pick<RetryIr, 'retryOn' | 'statusCodes'> {
  const tokens = written.split(',').map((token) => token.trim());
  const isStatus = (token: string): boolean => /^[1-5]\d\d$/.test(token);
  const conditions = tokens.filter((token) => token !== '' && !isStatus(token));
  const statusCodes = tokens.filter(isStatus).map(Number);
  if (statusCodes.length > 0 && !conditions.includes('retriable-status-codes'))
    conditions.push('retriable-status-codes');
  return { retryOn: conditions.join(','), statusCodes };
}
