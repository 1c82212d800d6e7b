import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { compressing } from '../lib/adapters/http/compress.ts';
import { allowedHosts } from '../lib/adapters/fetch-guard.ts';
import { guardedFetcher } from '../lib/adapters/http/guarded-fetcher.ts';
import type { TlsFiles } from '../lib/adapters/http/tls-files.ts';
import { serveHttp } from '../lib/adapters/http/node-server.ts';
import { memoryBlobs } from '../lib/adapters/memory/memory-blobs.ts';
import { type MemoryQueue, memoryQueue } from '../lib/adapters/memory/memory-queue.ts';
import { memoryRecords } from '../lib/adapters/memory/memory-records.ts';
import { memorySecretBox } from '../lib/adapters/memory/memory-secret-box.ts';
import { openSqliteStore } from '../lib/adapters/sqlite/sqlite-store.ts';
import { consoleFiles } from '../lib/adapters/system/console-files.ts';
import { systemClock } from '../lib/adapters/system/clock.ts';
import { keyFileSecretBox } from '../lib/adapters/system/key-file-secret-box.ts';
import { jsonLog, type LogOptions } from '../lib/adapters/system/log.ts';
import { watchedRecords } from '../lib/adapters/watched-records.ts';
import { type DurationMs, durationMs } from '../lib/base/brand.ts';
import { FILE_LIMIT_BYTES } from '../lib/control/api/read-body.ts';
import type { AuthoritySettings } from '../lib/control/authority/authority-settings.ts';
import { localConfigApi } from '../lib/control/config/config-api.ts';
import { configStore, type ConfigStorePorts } from '../lib/control/config/config-store.ts';
import { refreshKeys } from '../lib/control/config/refresh-keys.ts';
import { fetchSecrets } from '../lib/control/config/fetch-secrets.ts';
import { configSource } from '../lib/control/build/config-source.ts';
import { consoleApi } from '../lib/control/http/console-api.ts';
import { type DeliveryService, deliveryService } from '../lib/control/delivery-service.ts';
import type { SentHandler } from '../lib/control/http/http-handler.ts';
import type { Access } from '../lib/control/identity/access.ts';
import type { Actor } from '../lib/control/identity/rights.ts';
import { type ServiceIdentity, serviceIdentity } from '../lib/control/identity/service-identity.ts';
import { httpRoutes, type PeopleParts } from '../lib/control/http/http-routes.ts';
import { KEEPER_RETENTION } from '../lib/control/sweep/keeper.ts';
import { leaderHealth } from '../lib/control/lead/leader-health.ts';
import { meshStatus, type MeshStatus } from '../lib/control/mesh-status.ts';
import { type Metrics, metrics } from '../lib/control/metrics.ts';
import { serviceApi, type ServiceSummary } from '../lib/control/http/service-api.ts';
import { USUAL_SHARD_WORK } from '../lib/control/shards/fan-out.ts';
import type { Blobs } from '../lib/ports/blobs.ts';
import type { Clock } from '../lib/ports/clock.ts';
import type { Fetcher } from '../lib/ports/fetcher.ts';
import type { Log } from '../lib/ports/log.ts';
import type { Records } from '../lib/ports/records.ts';
import type { SecretBox } from '../lib/ports/secret-box.ts';
import type { SecretSources } from '../lib/ports/secret-sources.ts';
import { buildLoop } from './build-loop.ts';
import { laterAuthority } from './later-authority.ts';
import { startKeeping } from './keeper-loop.ts';
import { keyLoop } from './key-loop.ts';
import { type SecretLoop, secretLoop } from './secret-loop.ts';
import { shardLoop } from './shard-loop.ts';

export interface LocalOptions {
  readonly host: string;
  readonly port: number;
  /** Absent keeps everything in memory. */
  readonly dataDirectory?: string;
  /** The key of the Secrets, where it is not to lie in the data directory. */
  readonly secretKeyFile?: string;
  /** Where values are fetched that others keep; AWS, unless a test says otherwise. */
  readonly secretSources?: SecretSources;
  /** What certificates workloads are given; otherwise as the access file says. */
  readonly authority?: AuthoritySettings;
  readonly version: string;
  /** Views × services that are built at one go. */
  readonly shardWork?: number;
  /** How long one can go back to a revision; absent keeps them all. */
  readonly keepRevisions?: DurationMs;
  /** Hosts of this network that may be asked for keys of issuers all the same, with commas between them. */
  readonly fetchAllow?: string;
  /** Who is believed, and who may do what; absent believes everybody. */
  readonly access?: Access;
  readonly tls?: TlsFiles;
  readonly logTo: LogOptions['stream'];
  readonly logLevel: LogOptions['level'];
}

export interface LocalService {
  readonly url: string;
  /** Ends what is under way, writes what was learnt, closes the store. */
  stop(): Promise<void>;
}

/** The largest body anyone sends: the inbox takes files of 50 MB, and so does the API here (STO-8). */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;
const FLUSH_MS = 1_000;
/** Only this process takes messages, and it says when it failed: a message comes back sooner only when a builder hangs. */
const SHARD_VISIBILITY = durationMs(10 * 60_000);
/** Nobody else answers polls; where nobody has to prove anything only this machine is served (IDN-2), which may have its secrets. */
const HEARS_ALL = { hearsAllPolls: true, believesNodes: true };
/** Nobody else has the store: the same name finds its leases again after a restart. */
const HOLDER = 'local';
const LATE_RENEWAL = durationMs(30_000);

/** Composition root in one process: the handlers of the cloud over embedded storage, one HTTP server, events by call. */
export async function startLocal(options: LocalOptions): Promise<LocalService> {
  const { dataDirectory, version, fetchAllow = '' } = options;
  const log = jsonLog({ stream: options.logTo, level: options.logLevel });
  const clock = systemClock();
  const store = dataDirectory === undefined ? inMemory() : openSqliteStore(dataDirectory, clock);
  const state = { isServing: true };
  const isServing = (): boolean => state.isServing;
  const records = watchedRecords(store.records, (key) => {
    builds.noteWritten(key);
    fetching.noteWritten(key);
  });
  const ports = { blobs: store.blobs, records, clock, log, secrets: secretBox(options), ids: randomUUID };
  const [fetcher, registry] = [guardedFetcher({ allowed: allowedHosts(fetchAllow) }), new Registry()];
  const identity = serviceIdentity(options.access, { clock, log, fetcher });
  const counted = metrics(registry, version);
  const source = configSource(ports);
  const shards = shardLoop({ ...ports, queue: shardQueue(clock, log) });
  const health = leaderHealth(LATE_RENEWAL);
  const delivery = deliveryService({
    ...{ ...ports, ...HEARS_ALL, metrics: counted, config: source, holder: HOLDER },
    fanOut: { queue: shards.queue, shardWork: options.shardWork ?? USUAL_SHARD_WORK },
    ...identity.polls,
    isServing,
    checks: [health],
    retention: { ...KEEPER_RETENTION, revisions: options.keepRevisions },
  });
  const builds = buildLoop(delivery.builder, log);
  const fetching = fetchLoops(options, { ...ports, source, fetcher, metrics: counted });
  if (delivery.shards) shards.start(delivery.shards);
  const authority = laterAuthority({ ...ports, registry, config: source, identity, settings: options.authority });
  const handler = authority.beside(answering({ delivery, stored: ports, isServing, version, identity }));
  const flush = (): Promise<void> => delivery.flush().catch((error: unknown) => log.warn('flush-failed', { error }));
  try {
    // A damaged store is no service: better no start than one that cannot build or lead.
    await Promise.all([source.readNewest(), records.list('leases')]);
    const server = await listen(options, { handler, polls: delivery.polls, log });
    sayIdentity(identity, log);
    builds.wake('start');
    fetching.start();
    authority.start();
    const keeping = startKeeping({ keeper: delivery.keeper, records, log, health, holder: HOLDER });
    const timer = setInterval(() => void flush(), FLUSH_MS);
    return {
      url: server.url,
      async stop() {
        log.info('stopping');
        state.isServing = false;
        clearInterval(timer);
        await server.close(DRAIN_MS);
        await Promise.all([builds.stop(), keeping.stop(), fetching.stop(), authority.stop()]);
        await shards.stop();
        await flush();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

interface Fetching extends ConfigStorePorts {
  readonly source: ReturnType<typeof configSource>;
  readonly fetcher: Fetcher;
  readonly metrics: Metrics;
}

/** What others keep: values of Secrets, and the keys of issuers of tokens. */
function fetchLoops(options: LocalOptions, { source, fetcher, metrics: counted, ...ports }: Fetching): SecretLoop {
  const { log } = ports;
  const common = { store: configStore(ports), config: source };
  const sources = options.secretSources ?? laterSources();
  const secrets = secretLoop((which) => fetchSecrets({ ...common, sources }, which), log);
  const onAttempt = (isSuccess: boolean): void => counted.noteKeyFetch(isSuccess);
  const keys = keyLoop(() => refreshKeys({ ...common, fetcher, onAttempt }), log);
  return {
    noteWritten(key) {
      secrets.noteWritten(key);
      keys.noteWritten(key);
    },
    start() {
      secrets.start();
      keys.start();
    },
    async stop() {
      await Promise.all([secrets.stop(), keys.stop()]);
    },
  };
}

interface Listening {
  readonly handler: SentHandler;
  readonly polls: DeliveryService['polls'];
  readonly log: Log;
}

/** Polls take a way of their own, past what other requests need. */
function listen({ host, port, tls }: LocalOptions, { handler, polls, log }: Listening): ReturnType<typeof serveHttp> {
  const onError = (error: unknown): void => log.error('request-failed', { error });
  const plain = { prefix: '/v3/', handler: polls };
  const limits = { maxBodyBytes: MAX_BODY_BYTES };
  return serveHttp({ host, port, handler, plain, onError, ...limits, ...(tls && { tls, onTlsFiles: tlsNotes(log) }) });
}

/** CPT-3: what is served with is said each time. */
const tlsNotes =
  (log: Log) =>
  (problem: unknown): void =>
    problem === undefined ? log.info('tls-reloaded') : log.error('tls-files-unusable', { error: problem });

/** IDN-2: that nobody has to prove anything is said wherever somebody may look. */
function sayIdentity({ summary }: ServiceIdentity, log: Log): void {
  if (summary === 'proven') return log.info('identity-on');
  log.warn('identity-off', {
    reason: 'no identity is configured: who reaches this address is believed, secrets included',
  });
}

/** The clients of AWS, loaded when the first Secret names a source there: most services never do. */
function laterSources(): SecretSources {
  return {
    async fetch(address) {
      const [{ awsSecretSources }, clients] = await Promise.all([
        import('../lib/adapters/aws/aws-secret-sources.ts'),
        import('../lib/adapters/aws/clients.ts'),
      ]);
      const secretsManager = (region: string) => clients.secretsManagerClient({ region });
      return awsSecretSources({ secretsManager, acm: (region) => clients.acmClient({ region }) }).fetch(address);
    },
  };
}

/** Values of Secrets are encrypted with a key beside the store, or in a file of its own. */
function secretBox({ dataDirectory, secretKeyFile }: LocalOptions): SecretBox {
  if (dataDirectory === undefined) return memorySecretBox();
  return keyFileSecretBox(secretKeyFile ?? join(dataDirectory, 'secrets.key'));
}

/** Nobody looks after dead letters here: what could not be built is said in the log, and built anew with the next revision. */
function shardQueue(clock: Clock, log: Log): MemoryQueue {
  const deadLetters = { sendAll: async (messages: readonly unknown[]) => log.error('dead-letters', { messages }) };
  return memoryQueue(clock, { visibility: SHARD_VISIBILITY, deadLetters });
}

interface Answering {
  readonly identity: ServiceIdentity;
  readonly delivery: DeliveryService;
  readonly stored: ConfigStorePorts;
  readonly isServing: () => boolean;
  readonly version: string;
}

/** Everything that is answered over HTTP. */
function answering({ delivery, stored, isServing, version, identity }: Answering): SentHandler {
  const status = meshStatus(delivery.sights);
  const { withConditions } = status;
  const config = localConfigApi(stored, { bodyLimitBytes: FILE_LIMIT_BYTES, isServing, withConditions });
  const parts = {
    ...delivery,
    discovery: compressing(delivery.discovery),
    ...shownToPeople(status, { version, identity: identity.summary }),
    config: async (request: Request, actor: Actor) => config.fetch(request, { actor }),
  };
  return httpRoutes(parts, identity.gate);
}

/** How the mesh stands, and the page that shows it. */
function shownToPeople(
  { proxies, views, analysis, debug }: MeshStatus,
  summary: ServiceSummary,
): Omit<PeopleParts, 'config'> {
  return {
    proxies: compressing(proxies),
    views: compressing(views),
    analysis: compressing(analysis),
    debug: compressing(debug),
    service: serviceApi(summary),
    console: compressing(consoleApi(consoleFiles())),
  };
}

interface OpenStore {
  readonly blobs: Blobs;
  readonly records: Records;
  close(): void;
}

const inMemory = (): OpenStore => ({ blobs: memoryBlobs(), records: memoryRecords(), close: () => undefined });
