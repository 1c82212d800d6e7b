import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { awsSecretSources } from '../lib/adapters/aws/aws-secret-sources.ts';
import {
  acmClient,
  dynamoClient,
  kmsClient,
  s3Client,
  secretsManagerClient,
  sqsClient,
} from '../lib/adapters/aws/clients.ts';
import { dynamoRecords } from '../lib/adapters/aws/dynamo-records.ts';
import { kmsSecretBox } from '../lib/adapters/aws/kms-secret-box.ts';
import { s3Blobs } from '../lib/adapters/aws/s3-blobs.ts';
import { type ObjectFiles, s3Files } from '../lib/adapters/aws/s3-files.ts';
import { sqsQueue } from '../lib/adapters/aws/sqs-queue.ts';
import { type AllowedHost, allowedHosts } from '../lib/adapters/fetch-guard.ts';
import { guardedFetcher } from '../lib/adapters/http/guarded-fetcher.ts';
import { consoleFiles } from '../lib/adapters/system/console-files.ts';
import { noSecretBox } from '../lib/adapters/no-secret-box.ts';
import { systemClock } from '../lib/adapters/system/clock.ts';
import { jsonLog } from '../lib/adapters/system/log.ts';
import { parseDuration } from '../lib/base/duration.ts';
import { durationMs } from '../lib/base/brand.ts';
import type { FanOutPorts } from '../lib/control/build/build-all.ts';
import { type ConfigApiOptions, localConfigApi } from '../lib/control/config/config-api.ts';
import { configStore } from '../lib/control/config/config-store.ts';
import { refreshKeys } from '../lib/control/config/refresh-keys.ts';
import { type FetchReport, fetchSecrets, type WhichSecrets } from '../lib/control/config/fetch-secrets.ts';
import { configSource } from '../lib/control/build/config-source.ts';
import { consoleApi } from '../lib/control/http/console-api.ts';
import { type DeliveryService, deliveryService } from '../lib/control/delivery-service.ts';
import type { HttpHandler } from '../lib/control/http/http-handler.ts';
import { preparedAccess } from '../lib/control/identity/prepared-access.ts';
import type { Actor } from '../lib/control/identity/rights.ts';
import { type ServiceIdentity, serviceIdentity } from '../lib/control/identity/service-identity.ts';
import { KEEPER_RETENTION } from '../lib/control/sweep/keeper.ts';
import { meshStatus, type MeshStatus } from '../lib/control/mesh-status.ts';
import { metrics } from '../lib/control/metrics.ts';
import { USUAL_SHARD_WORK } from '../lib/control/shards/fan-out.ts';
import { pollSlack } from '../lib/control/polls/proxy-state.ts';
import { proxyStates } from '../lib/control/polls/proxy-states.ts';
import { servedHeads } from '../lib/control/build/served-heads.ts';
import { serviceApi } from '../lib/control/http/service-api.ts';
import { storedSnapshots } from '../lib/control/build/stored-snapshots.ts';
import { worlds } from '../lib/control/build/worlds.ts';
import { viewRegistry } from '../lib/control/views/view-registry.ts';
import { storedReports } from '../lib/control/status/view-report.ts';
import type { Blobs } from '../lib/ports/blobs.ts';
import type { Clock } from '../lib/ports/clock.ts';
import type { Log } from '../lib/ports/log.ts';
import type { Records } from '../lib/ports/records.ts';
import type { SecretBox } from '../lib/ports/secret-box.ts';

/** What every function stands on: storage, a clock and a log. */
export interface Cloud {
  readonly blobs: Blobs;
  readonly records: Records;
  /** The bucket as people see it: what they upload and what they get back. */
  readonly files: ObjectFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** An HTTP API gives an answer up after 30 s, and has it from the function as a whole. */
const LONGEST_WATCH = durationMs(20_000);

let made: Cloud | undefined;

/**
 * Composition root on AWS, made once per process; this file is the only reader of the functions' environment. A function takes
 * from here what it needs and no more: what none of its handlers asks for is not in its bundle.
 */
export function cloud(): Cloud {
  made ??= cloudFrom(process.env);
  return made;
}

function cloudFrom(environment: NodeJS.ProcessEnv): Cloud {
  const bucket = required(environment, 'PILOTLESS_BUCKET');
  const table = required(environment, 'PILOTLESS_TABLE');
  const clock = systemClock();
  const s3 = s3Client();
  return {
    blobs: s3Blobs({ client: s3, bucket, prefix: 'blobs/', clock }),
    records: dynamoRecords({ client: dynamoClient(), table }),
    files: s3Files({ client: s3, bucket }),
    clock,
    log: jsonLog({ stream: process.stdout, level: 'info' }),
  };
}

/** How builds are shared out; absent without a queue, and then the function that leads builds all views itself. */
export function cloudFanOut(environment: NodeJS.ProcessEnv = process.env): FanOutPorts | undefined {
  const url = environment['PILOTLESS_SHARD_QUEUE'];
  if (url === undefined || url === '') return undefined;
  const shardWork = Number(environment['PILOTLESS_SHARD_WORK'] ?? USUAL_SHARD_WORK);
  if (!(shardWork > 0)) throw new Error('PILOTLESS_SHARD_WORK is no positive number of views × services');
  return { queue: sqsQueue({ client: sqsClient(), url }), shardWork };
}

/** Builds and polls. Only functions that build are given a way to share builds out. */
export function cloudDelivery(ports: Cloud, fanOut?: FanOutPorts): DeliveryService {
  return deliveryService({
    ...ports,
    metrics: metrics(new Registry(), ownVersion()),
    config: configSource(ports),
    holder: instanceName(),
    revisionLabel: process.env['PILOTLESS_REVISION'] ?? '',
    ...(fanOut && { fanOut }),
    hearsAllPolls: false,
    secrets: cloudSecrets(ports),
    // Without an access file, for a network that nobody but the proxies reaches: whoever polls has the secrets of whom it says it is.
    believesNodes: process.env['PILOTLESS_SECRETS_WITHOUT_IDENTITY'] === 'true',
    ...cloudIdentity(ports).polls,
    isServing: () => true,
    // A Go duration such as `720h`; all revisions are kept without one.
    retention: { ...KEEPER_RETENTION, revisions: parseDuration(process.env['PILOTLESS_KEEP_REVISIONS'] ?? '') },
  });
}

let identity: ServiceIdentity | undefined;

/**
 * Who is believed: what `PILOTLESS_ACCESS` holds, or the file that it names, as `pilotless access FILE` prints it. One for the process,
 * because it remembers keys and tokens.
 */
export function cloudIdentity({ clock, log }: Pick<Cloud, 'clock' | 'log'>): ServiceIdentity {
  if (identity) return identity;
  const said = process.env['PILOTLESS_ACCESS'] ?? '';
  const text = said === '' || said.startsWith('{') ? said : readFileSync(said, 'utf8');
  if (text === '') {
    log.warn('identity-off', { reason: 'PILOTLESS_ACCESS is not set: whoever reaches the front door is believed' });
  }
  identity = serviceIdentity(text === '' ? undefined : preparedAccess(text), {
    ...{ clock, log, fetcher: guardedFetcher({ allowed: fetchAllowed() }) },
  });
  return identity;
}

let instance: string | undefined;

/** Each instance is a candidate of its own: two may run at once, and one that stalled must not take itself for the other. */
export function instanceName(): string {
  instance ??= `${process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'local'}/${randomUUID()}`;
  return instance;
}

/** How proxies, views and objects stand, for a function that answers no polls. */
export function cloudStatus(ports: Cloud): MeshStatus {
  const { blobs, records, clock } = ports;
  const config = configSource(ports);
  return meshStatus({
    ...{ records, clock, config },
    worlds: worlds({ config, clock, metrics: metrics(new Registry(), ownVersion()) }),
    heads: servedHeads(records, clock),
    snapshots: storedSnapshots(blobs),
    states: proxyStates(records, clock, { hearsAllPolls: false }),
    reports: storedReports(blobs),
    registry: viewRegistry(records, clock),
    slack: pollSlack(false),
  });
}

/** The page that people look at, and what it is told of the service as a whole. */
export function cloudConsole(ports: Pick<Cloud, 'clock' | 'log'>): { console: HttpHandler; service: HttpHandler } {
  const { summary: identity } = cloudIdentity(ports);
  return { console: consoleApi(consoleFiles()), service: serviceApi({ version: ownVersion(), identity }) };
}

const ownVersion = (): string => process.env['PILOTLESS_VERSION'] ?? 'unknown';

/** What encrypts Secrets, and opens them. Without a key of KMS none are taken. */
function cloudSecrets({ records, clock }: Cloud): SecretBox {
  const keyId = process.env['PILOTLESS_SECRET_KEY'] ?? '';
  return keyId === ''
    ? noSecretBox('the functions have none; name a key of KMS in PILOTLESS_SECRET_KEY')
    : kmsSecretBox({ client: kmsClient(), keyId, records, clock });
}

/** Fetches the values of Secrets that Secrets Manager and ACM keep. */
export function cloudFetching(ports: Cloud): (which: WhichSecrets) => Promise<FetchReport> {
  const store = configStore({ ...ports, ids: randomUUID, secrets: cloudSecrets(ports) });
  const sources = awsSecretSources({
    secretsManager: (region) => secretsManagerClient({ region }),
    acm: (region) => acmClient({ region }),
  });
  const config = configSource(ports);
  return (which) => fetchSecrets({ store, config, sources }, which);
}

/** Fetches the keys of issuers of tokens that are due. */
export function cloudKeys(ports: Cloud): () => Promise<unknown> {
  const store = configStore({ ...ports, ids: randomUUID, secrets: cloudSecrets(ports) });
  const fetcher = guardedFetcher({ allowed: fetchAllowed() });
  return () => refreshKeys({ store, config: configSource(ports), fetcher, onAttempt: () => undefined });
}

/** Hosts of the own network that may be asked for keys, with commas between them. */
const fetchAllowed = (): readonly AllowedHost[] => allowedHosts(process.env['PILOTLESS_FETCH_ALLOW'] ?? '');

/** What people configure. Whole files come past the front door and its limit, and so with a limit of their own. */
export function cloudConfig(
  ports: Cloud,
  options: Pick<ConfigApiOptions, 'bodyLimitBytes' | 'withConditions'> = {},
): (request: Request, actor: Actor) => Promise<Response> {
  const api = localConfigApi(
    { ...ports, ids: randomUUID, secrets: cloudSecrets(ports) },
    { longestWatch: LONGEST_WATCH, ...options },
  );
  return async (request, actor) => api.fetch(request, { actor });
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is missing`);
  return value;
}
