import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { dynamoClient, s3Client } from '../lib/adapters/aws/clients.ts';
import { dynamoRecords } from '../lib/adapters/aws/dynamo-records.ts';
import { s3Blobs } from '../lib/adapters/aws/s3-blobs.ts';
import { type ObjectFiles, s3Files } from '../lib/adapters/aws/s3-files.ts';
import { systemClock } from '../lib/adapters/system/clock.ts';
import { jsonLog } from '../lib/adapters/system/log.ts';
import { FILE_LIMIT_BYTES } from '../lib/control/api/read-body.ts';
import { localConfigApi } from '../lib/control/config-api.ts';
import { configSource } from '../lib/control/config-source.ts';
import { type DeliveryService, deliveryService } from '../lib/control/delivery-service.ts';
import type { HttpHandler } from '../lib/control/discovery-api.ts';
import { metrics } from '../lib/control/metrics.ts';
import type { Log } from '../lib/ports/log.ts';

/** What the functions share: the handlers of the local service over S3 and DynamoDB. */
export interface Cloud {
  readonly delivery: DeliveryService;
  readonly config: HttpHandler;
  /** The same config API for whole files, which come past the front door and its limit. */
  readonly inbox: HttpHandler;
  readonly files: ObjectFiles;
  readonly log: Log;
}

let made: Cloud | undefined;

/** Composition root on AWS, made once per process; the only reader of the functions' environment. */
export function cloud(): Cloud {
  made ??= cloudFrom(process.env);
  return made;
}

function cloudFrom(environment: NodeJS.ProcessEnv): Cloud {
  const bucket = required(environment, 'PILOTLESS_BUCKET');
  const table = required(environment, 'PILOTLESS_TABLE');
  const [clock, log] = [systemClock(), jsonLog({ stream: process.stdout, level: 'info' })];
  const s3 = s3Client();
  const blobs = s3Blobs({ client: s3, bucket, prefix: 'blobs/', clock });
  const ports = { blobs, records: dynamoRecords({ client: dynamoClient(), table }), clock, log };
  const delivery = deliveryService({
    ...ports,
    metrics: metrics(new Registry(), environment['PILOTLESS_VERSION'] ?? 'unknown'),
    config: configSource(ports),
    // All instances of one function are one candidate: a new one takes over at once, and the epoch fences the one before.
    holder: environment['AWS_LAMBDA_FUNCTION_NAME'] ?? randomUUID(),
    hearsAllPolls: false,
    isServing: () => true,
  });
  const api = localConfigApi({ ...ports, ids: randomUUID });
  const files = localConfigApi({ ...ports, ids: randomUUID }, { bodyLimitBytes: FILE_LIMIT_BYTES });
  return {
    delivery,
    config: async (request) => api.fetch(request),
    inbox: async (request) => files.fetch(request),
    files: s3Files({ client: s3, bucket }),
    log,
  };
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is missing`);
  return value;
}
