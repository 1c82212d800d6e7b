import { grpcStatusCode } from '../base/grpc-status.ts';
import { quoted } from '../base/quoted.ts';
import { checkDuration } from './duration-checks.ts';
import type { FindingLog } from './finding.ts';
import { checkHttpStatus } from './http-action-checks.ts';
import type { HttpFaultInjection } from './virtual-service-spec.ts';

/** VS-28 */
export function checkFault(log: FindingLog, fault: HttpFaultInjection): void {
  const { abort, delay } = fault;
  if (abort === undefined && delay === undefined) {
    log.error('REQUIRED', 'HTTP fault injection must have an abort and/or a delay');
  }
  if (abort !== undefined) checkAbort(log.at('abort'), abort);
  if (delay !== undefined) checkDelay(log.at('delay'), delay);
}

function checkAbort(log: FindingLog, abort: NonNullable<HttpFaultInjection['abort']>): void {
  const { httpStatus, grpcStatus, http2Error, percentage } = abort;
  checkFraction(log.at('percentage'), percentage?.value);
  const errors = [httpStatus, grpcStatus, http2Error].filter((error) => error !== undefined);
  if (errors.length === 0) log.warning('INEFFECTIVE', 'abort configured, but error type not set; nothing is aborted');
  if (errors.length > 1)
    log.error('CONFLICT', 'only one of httpStatus, grpcStatus and http2Error may be set; keep one');
  if (httpStatus !== undefined) checkHttpStatus(log.at('httpStatus'), httpStatus);
  if (grpcStatus !== undefined && grpcStatusCode(grpcStatus) === undefined) {
    const message = `gRPC status ${quoted(grpcStatus)} is not supported; use a name such as 'NOT_FOUND'`;
    log.at('grpcStatus').error('INVALID_VALUE', message);
  }
  if (http2Error !== undefined) {
    log.at('http2Error').error('INVALID_VALUE', 'HTTP/2 abort fault injection not supported yet; use httpStatus');
  }
}

function checkDelay(log: FindingLog, delay: NonNullable<HttpFaultInjection['delay']>): void {
  checkFraction(log.at('percentage'), delay.percentage?.value);
  checkDuration(log.at('fixedDelay'), delay.fixedDelay);
  checkDuration(log.at('exponentialDelay'), delay.exponentialDelay);
  if (delay.exponentialDelay !== undefined) {
    log.at('exponentialDelay').error('INVALID_VALUE', 'exponentialDelay not supported yet; use fixedDelay');
  }
}

/** Below a millionth Envoy cannot count: nothing, or at least that. */
function checkFraction(log: FindingLog, value: number | undefined): void {
  if (value === undefined || value === 0 || (value >= 0.0001 && value <= 100)) return;
  log.error('INVALID_VALUE', `percentage ${value} is neither 0.0, nor in range [0.0001, 100.0]`);
}
