import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts';
import { durationMs } from '../../lib/base/brand.ts';
import type { Queue } from '../../lib/ports/queue.ts';
import { bundle } from '../../tools/build/bundle.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { dynamoAt, freshBucket, freshKey, freshTable, kmsAt, s3At, sqsAt } from './aws-clients.ts';
import { bucketUploads, queuedMessages, tableStream } from './aws-event-sources.ts';
import { type Deployment, type LambdaFunction, lambdaFunction } from './lambda-function.ts';
import { lambdaHost } from './lambda-host.ts';
import { freshQueues } from './message-queues.ts';
import type { StartedServer } from './started-server.ts';

/** The service as it runs in the cloud: its functions on a bucket and a table of their own, woken by requests and events. */
export interface Cloud {
  readonly url: string;
  readonly bucket: string;
  /** For tests that put files into the bucket. */
  readonly s3: S3Client;
  /** What the leader hands out. */
  readonly shardQueue: Queue;
  /** Where messages end that no function could do. */
  readonly deadLetters: Queue;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  /** Ends all instances of all functions; what comes next meets cold starts. */
  readonly recycle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How many instances of each function stand side by side; one builds at a time, as its concurrency is reserved. */
const INSTANCES = { xds: 2, 'config-api': 2, publish: 1, 'build-shard': 2, 'on-upload': 1 } as const;

/** Less than what two views take: a build of more than one view is always fanned out. */
const SHARD_WORK = 1;
/** Short, so that a message which was given up comes back while a test waits. */
const VISIBILITY = durationMs(3_000);

type FunctionName = keyof typeof INSTANCES;

const functionNames = Object.keys(INSTANCES) as FunctionName[];

/** Makes the bundles that are deployed, into a directory. */
export async function bundleFunctions(directory: string): Promise<void> {
  await Promise.all(
    functionNames.map((name) =>
      bundle(repositoryRoot, { name, source: `functions/${name}.ts`, target: bundleOf(directory, name) }),
    ),
  );
}

const bundleOf = (directory: string, name: FunctionName): string => join(directory, name, 'index.mjs');

/** Deploys the bundles of a directory against a stand-in for AWS. */
export async function startCloud(server: StartedServer, directory: string): Promise<Cloud> {
  const s3 = s3At(server);
  const [bucket, table] = [await freshBucket(s3), await freshTable(dynamoAt(server))];
  const sqs = sqsAt(server);
  const secretKey = await freshKey(kmsAt(server));
  const queues = await freshQueues(sqs, { visibility: VISIBILITY });
  const shardQueue = sqsQueue({ client: sqs, url: queues.url });
  const deploy = (name: FunctionName): LambdaFunction =>
    lambdaFunction({
      bundle: bundleOf(directory, name),
      environment: environmentOf(server, {
        AWS_LAMBDA_FUNCTION_NAME: name,
        PILOTLESS_BUCKET: bucket,
        PILOTLESS_TABLE: table,
        PILOTLESS_SHARD_QUEUE: queues.url,
        PILOTLESS_SHARD_WORK: String(SHARD_WORK),
        PILOTLESS_SECRET_KEY: secretKey,
        PILOTLESS_SECRETS_WITHOUT_IDENTITY: 'true',
      }),
      instances: INSTANCES[name],
    });
  const functions = {
    xds: deploy('xds'),
    'config-api': deploy('config-api'),
    publish: deploy('publish'),
    'build-shard': deploy('build-shard'),
    'on-upload': deploy('on-upload'),
  };
  const host = await lambdaHost((path) => (isForXds(path) ? functions.xds : functions['config-api']));
  const sources = [
    await tableStream(server, table, functions.publish.invoke),
    queuedMessages(shardQueue, functions['build-shard'].invoke),
    await bucketUploads(server, { bucket, prefix: 'inbox/' }, functions['on-upload'].invoke),
  ];
  const recycle = async (): Promise<void> => {
    await Promise.all(functionNames.map((name) => functions[name].recycle()));
  };
  return {
    url: host.url,
    bucket,
    s3,
    shardQueue,
    deadLetters: sqsQueue({ client: sqs, url: queues.deadLetters }),
    functions,
    recycle,
    async stop() {
      await host.stop();
      await Promise.all(sources.map((source) => source.stop()));
      await recycle();
    },
  };
}

/** The routes of the HTTP API. */
const isForXds = (path: string): boolean => /^\/(v3\/|(healthz|readyz|metrics)$)/.test(path);

/** What Lambda sets for every function, and where the stand-in is. */
function environmentOf(
  { endpoint, region, credentials }: StartedServer,
  own: Readonly<Record<string, string>>,
): Deployment['environment'] {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    ...own,
  };
}
