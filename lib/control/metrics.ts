import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DurationMs } from '../base/brand.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { PieceCounts } from './build/piece-memory.ts';
import type { Published } from './build/publish.ts';
import type { CacheCounts } from './build/xds-cache.ts';
import type { SecretHealth } from './status/secret-validity.ts';
import { PROBLEM_GAUGES, type ProblemGauge, type PushStatus } from './status/push-status.ts';

/** What the service counts and times; names that Istio has too are Istio's, so that its dashboards show something. */
export interface Metrics {
  /** Text of all metrics, for Prometheus. */
  print(): Promise<{ readonly contentType: string; readonly text: string }>;
  notePoll(poll: { readonly type: string; readonly answer: PollAnswer; readonly duration: DurationMs }): void;
  noteSent(type: string, bytes: number): void;
  noteRejected(type: string): void;
  noteTrigger(type: string, count: number): void;
  noteBuild(result: 'built' | 'failed', duration: DurationMs): void;
  notePublished(published: Published): void;
  /** Counts the messages of builds that were fanned out, by what became of them. */
  noteShard(outcome: string): void;
  /** Counts views that could not be built at any attempt (BLD-5). */
  noteGivenUpView(): void;
  noteConvergence(duration: DurationMs): void;
  noteInternalError(): void;
  /** Sets every gauge of problems, those without any to 0 (PM-4). */
  noteProblems(status: PushStatus): void;
  noteWorld(size: WorldSize): void;
  /** How many proxies poll, by the version that they say they are. */
  noteProxies(versions: ReadonlyMap<string, number>): void;
  /** Documents that are left out, or not carried out whole, by their keys. */
  noteRejectedConfigs(documents: readonly string[]): void;
  noteCache(counts: CacheCounts & PieceCounts): void;
  noteStaleHead(): void;
  /** How long Secrets last yet, and what is wrong with them. */
  noteSecrets(health: SecretHealth): void;
  /** What the keeper took away. */
  noteSwept(swept: { readonly blobs: number; readonly bytes: number; readonly views: number }): void;
  /** Something stored does not match its name or cannot be read (STO-11). */
  noteCorruptStore(): void;
  /** Secrets that proxies asked for and did not get (SDS-5). */
  noteSecretErrors(count: number): void;
  /** Each document that was asked for on the way to the keys of an issuer (JWKS-5). */
  noteKeyFetch(isSuccess: boolean): void;
  /** A proxy with a view that nobody has was turned away, because too many such came. */
  noteRefusedView(): void;
  /** Runs and times the building of a world. */
  timeWorld<T>(build: () => T): T;
}

export interface WorldSize {
  readonly revision: number;
  readonly services: number;
  readonly virtualServices: number;
}

export type PollAnswer = 'send' | 'up-to-date' | 'refused' | 'not-now' | 'failed';

/** Metrics in a registry that the composition root owns. */
export function metrics(registry: Registry, version: string): Metrics {
  const series = { ...seriesIn(registry), ...storeSeriesIn(registry), ...cacheSeriesIn(registry) };
  for (const [name, help] of Object.entries(ALWAYS_ZERO)) new Counter({ name, help, registers: [registry] });
  const problems = problemGauges(registry);
  const secrets = secretSeriesIn(registry);
  series.info.set({ version }, 1);
  return {
    print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    notePoll: ({ type, answer, duration }) => {
      series.polls.inc({ type, answer });
      series.pollTime.observe({ answer }, duration / 1000);
      if (answer === 'send') series.pushTime.observe({ type: shortName(type) }, duration / 1000);
    },
    noteSent: (type, bytes) => {
      series.pushes.inc({ type: shortName(type) });
      series.sizes.observe({ type: shortName(type) }, bytes);
    },
    noteRejected: (type) => series.rejects.inc({ type: shortName(type) }),
    noteTrigger: (type, count) => series.triggers.inc({ type }, count),
    noteBuild: (result, duration) => series.builds.observe({ result }, duration / 1000),
    notePublished: (outcome) => series.published.inc({ outcome }),
    noteShard: (outcome) => series.shards.inc({ outcome }),
    noteGivenUpView: () => series.givenUp.inc(),
    noteConvergence: (duration) => series.convergence.observe(duration / 1000),
    noteInternalError: () => series.errors.inc(),
    noteProblems(status) {
      for (const [name, gauge] of problems) gauge.set(Object.keys(status[name] ?? {}).length);
    },
    noteWorld: ({ revision, services, virtualServices }) => {
      series.revision.set(revision);
      series.services.set(services);
      series.virtualServices.set(virtualServices);
    },
    noteProxies: (versions) => noteVersions(series.proxies, versions),
    noteRejectedConfigs: (documents) => noteDocuments(series.rejectedConfigs, documents),
    noteCache: (counts) => noteCache(series, counts),
    noteStaleHead: () => series.stale.inc(),
    noteSecrets: (health) => noteSecrets(secrets, health),
    noteSwept: ({ blobs, bytes, views }) => {
      series.sweptBlobs.inc(blobs);
      series.sweptBytes.inc(bytes);
      series.forgottenViews.inc(views);
    },
    noteCorruptStore: () => series.corrupt.inc(),
    noteSecretErrors: (count) => series.secretErrors.inc(count),
    noteKeyFetch: (isSuccess) => (isSuccess ? series.fetchedKeys : series.failedKeys).inc(),
    noteRefusedView: () => series.refusedViews.inc(),
    timeWorld: (build) => {
      const stop = series.worldTime.startTimer();
      try {
        return build();
      } finally {
        stop();
      }
    },
  };
}

/** Types as Istio's series have them: `cds`; what Istio does not have as the path says it. */
const shortName = (path: string): string => SHORT_NAMES.get(path) ?? path;
const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.values(XDS_TYPES).map(({ path, short }) => [path, short.toLowerCase()]),
);

/** A series for each name: of more the log and the conditions tell. */
const MAX_NAMED = 100;

/** Istio's counters of parts that are not there yet, so that its dashboards find them. */
const ALWAYS_ZERO = {
  provider_lookup_cluster_failures: 'Extension providers whose service was not found.',
} as const;

/** What is remembered of builds, and documents that builds left out. */
function cacheSeriesIn(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const count = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  return {
    cacheReads: count('xds_cache_reads', 'Pieces of snapshots that were asked for, by whether they were there.', [
      'type',
    ]),
    cacheEvictions: count('xds_cache_evictions', 'Pieces that made room for others.', []),
    cacheSize: gauge('xds_cache_size', 'Pieces that are remembered.'),
    cacheDocuments: gauge('xds_cache_dependent_config_size', 'Documents that remembered pieces depend on.'),
    rejectedConfigs: count(
      'pilot_total_rejected_configs',
      'Documents that builds left out, or not carried out whole.',
      ['type', 'name'],
    ),
  };
}

type CacheSeries = Pick<ReturnType<typeof cacheSeriesIn>, `cache${string}` & keyof ReturnType<typeof cacheSeriesIn>>;

function noteVersions(proxies: Gauge, versions: ReadonlyMap<string, number>): void {
  proxies.reset();
  for (const [version, count] of versions) proxies.set({ version }, count);
}

function noteDocuments(rejected: Counter, documents: readonly string[]): void {
  for (const document of documents.slice(0, MAX_NAMED)) {
    const [kind = '', ...name] = document.split('/');
    rejected.inc({ type: kind.toLowerCase(), name: name.join('/') });
  }
}

/** The cache counts itself; these series say what it says. */
function noteCache(
  series: CacheSeries,
  { hits, misses, evictions, entries, documents }: CacheCounts & PieceCounts,
): void {
  series.cacheReads.reset();
  series.cacheReads.inc({ type: 'hit' }, hits);
  series.cacheReads.inc({ type: 'miss' }, misses);
  series.cacheEvictions.reset();
  series.cacheEvictions.inc(evictions);
  series.cacheSize.set(entries);
  series.cacheDocuments.set(documents);
}

function secretSeriesIn(registry: Registry) {
  const registers = [registry];
  return {
    expiry: new Gauge({
      name: 'pilotless_secret_expiry_seconds',
      help: 'Time until the first certificate of a Secret expires; negative since then.',
      labelNames: ['namespace', 'name'],
      registers,
    }),
    troubles: new Gauge({
      name: 'pilotless_secret_troubles',
      help: 'Secrets with something wrong, by what it is.',
      labelNames: ['reason'],
      registers,
    }),
  };
}

function noteSecrets(
  { expiry, troubles }: ReturnType<typeof secretSeriesIn>,
  { expiries, troubles: counts }: SecretHealth,
): void {
  expiry.reset();
  for (const { namespace, name, seconds } of expiries.slice(0, MAX_NAMED)) expiry.set({ namespace, name }, seconds);
  troubles.reset();
  for (const [reason, count] of counts) troubles.set({ reason }, count);
}

function problemGauges(registry: Registry): readonly (readonly [ProblemGauge, Gauge])[] {
  const names = Object.keys(PROBLEM_GAUGES) as ProblemGauge[];
  return names.map((name) => [name, new Gauge({ name, help: PROBLEM_GAUGES[name], registers: [registry] })]);
}

/** What becomes of views and of what is stored. */
function storeSeriesIn(registry: Registry) {
  const count = (name: string, help: string): Counter => new Counter({ name, help, registers: [registry] });
  return {
    fetchedKeys: count(
      'pilot_jwks_resolver_network_fetch_success_total',
      'Documents on the way to keys of issuers that were fetched.',
    ),
    failedKeys: count(
      'pilot_jwks_resolver_network_fetch_fail_total',
      'Documents on the way to keys of issuers that could not be fetched.',
    ),
    secretErrors: count('pilot_sds_certificate_errors_total', 'Secrets that proxies asked for and did not get.'),
    refusedViews: count('pilotless_refused_views_total', 'Polls of unknown views beyond the limit of new views.'),
    sweptBlobs: count('pilotless_swept_blobs_total', 'Blobs taken away because nothing named them any more.'),
    sweptBytes: count('pilotless_swept_bytes_total', 'Bytes of the blobs that were taken away.'),
    forgottenViews: count('pilotless_forgotten_views_total', 'Views forgotten because nobody polled them.'),
    corrupt: count('pilotless_corrupt_store_total', 'Reads of something stored that does not match its name.'),
  };
}

/** Every series, registered once. */
function seriesIn(registry: Registry) {
  const count = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const seconds = (name: string, help: string, labelNames: string[] = []): Histogram =>
    new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [registry] });

  const pushTime = seconds('pilot_xds_push_time', 'Time to answer a poll with resources.', ['type']);
  const polls = count('pilotless_polls_total', 'Polls by type and answer.', ['type', 'answer']);
  const pollTime = seconds('pilotless_poll_seconds', 'Time to answer a poll.', ['answer']);
  const published = count('pilotless_publishes_total', 'Snapshots that were to be published, by what became of them.', [
    'outcome',
  ]);
  const stale = count('pilotless_stale_polls_total', 'Polls answered from memory because the store was away.');
  const builds = seconds('pilotless_build_seconds', 'Time to build and publish all views.', ['result']);
  const pushes = count('pilot_xds_pushes', 'Answers that carried resources, by type.', ['type']);
  const rejects = count('pilot_total_xds_rejects', 'Versions that a proxy was sent and did not take.', ['type']);
  const sizes = new Histogram({
    name: 'pilot_xds_config_size_bytes',
    help: 'Size of answers that carried resources.',
    labelNames: ['type'],
    buckets: BYTES,
    registers: [registry],
  });
  const triggers = count('pilot_push_triggers', 'What set off builds.', ['type']);
  const errors = count('pilot_total_xds_internal_errors', 'Builds of a view or polls that failed inside.');
  const convergence = seconds(
    'pilot_proxy_convergence_time',
    'From a published snapshot to a proxy that has taken it.',
  );
  const worldTime = seconds('pilot_pushcontext_init_seconds', 'Time to build the world of a revision.');
  const services = gauge('pilot_services', 'Services known.');
  const virtualServices = gauge('pilot_virt_services', 'Virtual services known.');
  const revision = gauge('pilotless_config_revision', 'Newest revision that was read.');
  const proxies = gauge('pilot_xds', 'Proxies that poll.', ['version']);
  const info = gauge('pilot_info', 'The version that runs.', ['version']);
  return {
    pushTime,
    polls,
    pollTime,
    published,
    ...shardSeriesIn(registry),
    stale,
    builds,
    pushes,
    rejects,
    sizes,
    triggers,
    errors,
    convergence,
    worldTime,
    services,
    virtualServices,
    revision,
    proxies,
    info,
  };
}

function shardSeriesIn(registry: Registry) {
  const registers = [registry];
  return {
    shards: new Counter({
      name: 'pilotless_shards_total',
      help: 'Messages of builds that were fanned out, by what became of them.',
      labelNames: ['outcome'],
      registers,
    }),
    givenUp: new Counter({
      name: 'pilotless_views_given_up_total',
      help: 'Views that no attempt could build; they keep an old snapshot.',
      registers,
    }),
  };
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BYTES = [1_000, 10_000, 100_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 10_000_000, 40_000_000];
