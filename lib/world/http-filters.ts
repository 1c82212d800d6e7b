import { grpcStatusCode } from '../base/grpc-status.ts';
import type { Share } from '../base/share.ts';
import type { Cors, Fault } from '../model/http-rule.ts';
import type { CorsPolicy, HttpFaultInjection } from '../resources/virtual-service-spec.ts';
import { readStringMatch } from './http-matches.ts';
import { readDuration, readShare } from './shares.ts';

/** RT-27: what one rule breaks on purpose; `undefined` when neither part can be carried out. */
export function readFault(fault: HttpFaultInjection | undefined): Fault | undefined {
  const delay = readDelay(fault?.delay);
  const abort = readAbort(fault?.abort);
  return delay === undefined && abort === undefined ? undefined : { delay, abort };
}

function readDelay(delay: HttpFaultInjection['delay']): Fault['delay'] {
  const duration = readDuration(delay?.fixedDelay);
  if (delay === undefined || duration === undefined) return undefined;
  const { percentage, percent } = delay;
  const legacy: Share = { numerator: percent ?? 0, of: 'hundred' };
  return { duration, share: percentage === undefined ? legacy : readShare(percentage.value ?? 0) };
}

function readAbort(abort: HttpFaultInjection['abort']): Fault['abort'] {
  if (abort === undefined) return undefined;
  const { httpStatus, grpcStatus, percentage } = abort;
  const share = percentage === undefined ? undefined : readShare(percentage.value ?? 0);
  if (httpStatus !== undefined) return { status: { http: httpStatus }, share };
  const grpc = grpcStatus === undefined ? undefined : grpcStatusCode(grpcStatus);
  return grpc === undefined ? undefined : { status: { grpc }, share };
}

/** RT-28: `allowOrigins` before the deprecated list of exact origins. */
export function readCors(policy: CorsPolicy | undefined): Cors | undefined {
  if (policy === undefined) return undefined;
  const { allowOrigin = [], allowOrigins = [] } = policy;
  const exact = allowOrigin.map((value) => ({ type: 'exact' as const, value }));
  return {
    allowOrigins: allowOrigins.length > 0 ? allowOrigins.map(readStringMatch) : exact,
    allowMethods: policy.allowMethods ?? [],
    allowHeaders: policy.allowHeaders ?? [],
    exposeHeaders: policy.exposeHeaders ?? [],
    maxAge: readDuration(policy.maxAge),
    allowsCredentials: policy.allowCredentials,
    forwardsUnmatchedPreflights: policy.unmatchedPreflights !== 'IGNORE',
  };
}
