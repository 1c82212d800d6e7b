import { ACMClient } from '@aws-sdk/client-acm';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type DurationMs, durationMs } from '../../base/brand.ts';

/** Where the services are and who asks; what is left out comes from the environment, as everywhere in AWS. */
export interface AwsAccess {
  readonly region?: string;
  /** Of a stand-in; its buckets are addressed by path, since names below a loopback address do not resolve. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long one attempt may stay without an answer, or an answer without its next bytes. */
  readonly patience?: DurationMs;
}

/** The first attempt and three more, with the SDK's own growing and jittered pauses of up to 20 s between them. */
const ATTEMPTS = 4;

const CONNECT_WITHIN = durationMs(1_000);

/** A record is answered in some milliseconds; what takes longer is better asked again. */
const RECORD_PATIENCE = durationMs(2_000);

/** Long enough for the largest blob on a slow line. */
const BLOB_PATIENCE = durationMs(20_000);

/** A client for records. The SDK's defaults would wait for an answer for ever, and only log that they do. */
export function dynamoClient({ patience = RECORD_PATIENCE, ...access }: AwsAccess = {}): DynamoDBClient {
  return new DynamoDBClient({ ...access, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

/** A client for blobs; likewise bounded. */
export function s3Client({ patience = BLOB_PATIENCE, ...access }: AwsAccess = {}): S3Client {
  const forcePathStyle = access.endpoint !== undefined;
  return new S3Client({ ...access, forcePathStyle, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

/** A message is taken in some milliseconds; nobody asks the queue to wait for one. */
const MESSAGE_PATIENCE = durationMs(5_000);

/** A client for messages; likewise bounded. */
export function sqsClient({ patience = MESSAGE_PATIENCE, ...access }: AwsAccess = {}): SQSClient {
  return new SQSClient({ ...access, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

/** KMS answers in some milliseconds; an upload or a poll waits for it. */
const KEY_PATIENCE = durationMs(3_000);

/** A client for keys; likewise bounded. */
export function kmsClient({ patience = KEY_PATIENCE, ...access }: AwsAccess = {}): KMSClient {
  return new KMSClient({ ...access, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

/** What others keep is fetched in the background, and again in some minutes. */
const SOURCE_PATIENCE = durationMs(5_000);

/** A client for secrets that are kept in Secrets Manager; likewise bounded. */
export function secretsManagerClient({ patience = SOURCE_PATIENCE, ...access }: AwsAccess = {}): SecretsManagerClient {
  return new SecretsManagerClient({ ...access, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

/** A client for certificates that are kept in ACM; likewise bounded. */
export function acmClient({ patience = SOURCE_PATIENCE, ...access }: AwsAccess = {}): ACMClient {
  return new ACMClient({ ...access, maxAttempts: ATTEMPTS, requestHandler: bounded(patience) });
}

const bounded = (patience: DurationMs) => ({
  connectionTimeout: CONNECT_WITHIN,
  requestTimeout: patience,
  socketTimeout: patience,
  throwOnRequestTimeout: true,
});
