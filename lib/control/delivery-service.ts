import type { PlainHandler } from '../base/plain-http.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Records } from '../ports/records.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { readEnvoyNode } from '../view/read-envoy-node.ts';
import { proxyAdmission } from './polls/admit-proxy.ts';
import { deltaAnswerer } from './polls/answer-delta.ts';
import { pollAnswerer } from './polls/answer-poll.ts';
import type { FanOutPorts } from './build/build-all.ts';
import { type Builder, builder } from './build/build-views.ts';
import { deltas } from './polls/deltas.ts';
import type { HttpHandler } from './http/http-handler.ts';
import { discoveryApi } from './polls/discovery-api.ts';
import { keeper, type Keeper, type KeeperRetention } from './sweep/keeper.ts';
import type { HealthCheck } from './lead/leader-health.ts';
import { leaseKey } from './lead/lease.ts';
import type { MeshSights } from './mesh-status.ts';
import type { Metrics } from './metrics.ts';
import { fetchHandler } from './http/fetch-handler.ts';
import { operationsApi } from './http/operations-api.ts';
import { secretOpener } from './polls/opened-secrets.ts';
import { pieceMemory } from './build/piece-memory.ts';
import { pollSlack } from './polls/proxy-state.ts';
import { proxyStates } from './polls/proxy-states.ts';
import { type IndexPublication, viewIndexPublisher } from './views/publish-view-index.ts';
import { type SealView, viewSealer } from './build/seal-view.ts';
import { versionsOf } from './status/proxy-versions.ts';
import { pushStatusReader } from './status/read-push-status.ts';
import { setHashes } from './polls/set-hashes.ts';
import { servedHeads } from './build/served-heads.ts';
import { type ShardBuilder, shardBuilder } from './shards/shard-builder.ts';
import { storedSnapshots } from './build/stored-snapshots.ts';
import { unknownViewLimit } from './views/unknown-view-limit.ts';
import { viewIndexes } from './views/view-indexes.ts';
import { viewRegistry } from './views/view-registry.ts';
import { reportSealer, storedReports } from './status/view-report.ts';
import { viewsToBuild } from './views/views-to-build.ts';
import { type ConfigSource, worlds } from './build/worlds.ts';

export interface DeliveryPorts {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly config: ConfigSource;
  /** The name under which this process builds: of this process alone, or the same after a restart where nobody else has the store. */
  readonly holder: string;
  /** Builders of one label agree on a leader; `default` where nobody says otherwise. */
  readonly revisionLabel?: string;
  /** Absent where builds are never shared out: then this process builds no shards either. */
  readonly fanOut?: FanOutPorts;
  /** Whether this is the only process that answers polls, and so hears every one of them. */
  readonly hearsAllPolls: boolean;
  readonly secrets: Pick<SecretBox, 'open'>;
  /** Whether nodes are taken at their word: until they prove who they are nobody has secrets otherwise (SDS-3, IDN-2). */
  readonly believesNodes: boolean;
  readonly isServing: () => boolean;
  /** How views are built; where absent with a memory that is this service's own. */
  readonly sealView?: SealView;
  /** What `/healthz` asks; nothing in processes that live for one call. */
  readonly checks?: readonly HealthCheck[];
  readonly retention?: KeeperRetention;
}

/** Everything between an accepted revision and a proxy that has it: builds, polls and what is known of the proxies. */
export interface DeliveryService {
  readonly builder: Builder;
  readonly shards?: ShardBuilder;
  readonly discovery: HttpHandler;
  /** The same for servers that need no fetch-style values. */
  readonly polls: PlainHandler;
  readonly operations: HttpHandler;
  /** For whoever shows the mesh to people. */
  readonly sights: MeshSights;
  /** For whoever leads the keeping of the store. */
  readonly keeper: Keeper;
  /** Writes what was learnt of the proxies since the last time (DLV-6). */
  flush(): Promise<void>;
}

export function deliveryService(ports: DeliveryPorts): DeliveryService {
  const { records, blobs, clock, log, metrics, config } = ports;
  const heads = servedHeads(records, clock);
  const snapshots = storedSnapshots(blobs);
  const reports = storedReports(blobs);
  const { hearsAllPolls } = ports;
  const states = proxyStates(records, clock, { hearsAllPolls });
  const slack = pollSlack(hearsAllPolls);
  const registry = viewRegistry(records, clock);
  const indexes = viewIndexes(ports);
  const publishIndex = viewIndexPublisher(ports);
  const pieces = pieceMemory();
  const shared = { clock, log, metrics, heads, snapshots, worlds: worlds({ config, clock, metrics }) };
  const building = {
    ...shared,
    blobs,
    records,
    lease: leaseKey('builder', ports.revisionLabel ?? ''),
    sealView: ports.sealView ?? viewSealer(pieces),
    sealReport: reportSealer(),
    reports,
    knownViews: viewsToBuild({ registry, heads, clock }),
    publishIndex: async (publication: IndexPublication) => {
      const published = await publishIndex(publication);
      if (published === 'replaced') indexes.noteReplaced(); // polls that this process answers need not wait
      return published;
    },
  };
  const { fanOut } = ports;
  const builds = builder({ ...building, holder: ports.holder, ...(fanOut && { fanOut }) });
  const admitProxy = proxyAdmission({ clock, readNode: readEnvoyNode });
  const views = { registry, indexes, isWithinLimit: unknownViewLimit() };
  const hashesIn = setHashes(snapshots);
  const secrets = { openSecret: secretOpener(ports.secrets), believesNodes: ports.believesNodes };
  const proxies = { states, admitProxy, hearsAllPolls, slack };
  const polled = { ...shared, ...views, ...proxies, ...secrets, hashesIn, builder: builds };
  const answerPoll = pollAnswerer(polled);
  const answerDelta = deltaAnswerer({ ...polled, deltas: deltas(snapshots) });
  const polls = discoveryApi({ answerPoll, answerDelta, log, metrics });
  return {
    builder: builds,
    ...(fanOut && { shards: shardBuilder({ ...building, queue: fanOut.queue }) }),
    discovery: fetchHandler(polls),
    polls,
    sights: { ...shared, records, config, states, slack, reports, registry },
    operations: operationsApi({
      ...{ records, clock, metrics, config, isServing: ports.isServing, checks: ports.checks ?? [] },
      readPushStatus: pushStatusReader({ records, heads, reports }),
      cacheCounts: () => pieces.cacheCounts(),
    }),
    keeper: keeper({ ...ports, heads, snapshots, registry }, ports.retention),
    async flush() {
      await registry.flush();
      await states.flush();
      metrics.noteProxies(versionsOf(await states.polling()));
    },
  };
}
