import { StoreRefused, StoreUnavailable } from '../../ports/store-errors.ts';

/** Answers of 400 to 499 that nevertheless mean "not now"; DynamoDB, S3 and SQS name them, the status alone does not tell. */
const TRANSIENT = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TransactionConflictException',
  'TransactionInProgressException',
  'LimitExceededException',
  'ReplicatedWriteConflictException',
  'SlowDown',
  'RequestThrottled',
  'KmsThrottled',
  'OverLimit',
  'RequestTimeout',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

const TOO_MANY_REQUESTS = 429;

/**
 * Runs one call of the SDK, whose own retries come first, and words its failure as the ports do: no answer, a 5xx or a
 * throttle is StoreUnavailable, any other refusal is StoreRefused (no permission, no such table, a request we built wrongly).
 */
export async function calling<T>(key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw toStoreError(key, cause);
  }
}

function toStoreError(key: string, cause: unknown): unknown {
  if (!isFailedCall(cause)) return cause;
  const status = statusOf(cause);
  const answered = status !== undefined && status >= 400 && status < 500;
  if (answered && status !== TOO_MANY_REQUESTS && !TRANSIENT.has(cause.name)) return new StoreRefused(key, cause);
  return new StoreUnavailable(key, cause);
}

/** The SDK marks with `$metadata` whatever failed on the way to an answer; an error without it is a mistake in our own code. */
function isFailedCall(cause: unknown): cause is Error & { readonly $metadata: unknown } {
  return cause instanceof Error && '$metadata' in cause;
}

/** Whether the service answered with one of these error names. */
export function isAnswer(cause: unknown, ...names: readonly string[]): cause is Error {
  return cause instanceof Error && names.includes(cause.name);
}

/** How often the SDK sent the request; above 1, an earlier attempt may have been carried out although its answer was lost. */
export function attemptsOf(cause: unknown): number {
  return Number(metadataOf(cause).attempts ?? 1);
}

export function statusOf(cause: unknown): number | undefined {
  const status = metadataOf(cause).httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

function metadataOf(cause: unknown): { readonly attempts?: unknown; readonly httpStatusCode?: unknown } {
  return isFailedCall(cause) && cause.$metadata !== null && typeof cause.$metadata === 'object' ? cause.$metadata : {};
}
