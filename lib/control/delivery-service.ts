import type { PlainHandler } from '../base/plain-http.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Records } from '../ports/records.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { readEnvoyNode } from '../view/read-envoy-node.ts';
import { proxyAdmission } from './polls/admit-proxy.ts';
import { deltaAnswerer, type DeltaPorts } from './polls/answer-delta.ts';
import { pollAnswerer, type PollPorts } from './polls/answer-poll.ts';
import type { FanOutPorts } from './build/build-all.ts';
import { type Builder, builder } from './build/build-views.ts';
import { deltas } from './polls/deltas.ts';
import type { HttpHandler, SentHandler } from './http/http-handler.ts';
import { discoveryApi } from './polls/discovery-api.ts';
import { keeper, type Keeper, type KeeperRetention } from './sweep/keeper.ts';
import type { HealthCheck } from './lead/leader-health.ts';
import { leaseKey } from './lead/lease.ts';
import type { VerifyCaller } from './identity/verify-caller.ts';
import { pollIdentifier } from './polls/identify-poll.ts';
import { recentFinder } from './views/find-view.ts';
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
import { type StoredSnapshots, storedSnapshots } from './build/stored-snapshots.ts';
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
  /** How proxies prove who they are; absent where they are taken at their word. */
  readonly verifyCaller?: VerifyCaller;
  /** Whether nodes that are taken at their word have secrets, too (SDS-3, IDN-2). */
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
  readonly discovery: SentHandler;
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
  const polls = pollsOf(ports, { ...shared, indexes, registry, states, slack, builder: builds });
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

type PollingParts = Omit<
  PollPorts & DeltaPorts,
  'admitProxy' | 'openSecret' | 'hashesIn' | 'deltas' | 'isWithinLimit' | 'hearsAllPolls'
>;

/** What answers polls of every form. */
function pollsOf(ports: DeliveryPorts, parts: PollingParts & { readonly snapshots: StoredSnapshots }): PlainHandler {
  const { clock, log, metrics, snapshots, indexes, worlds: read } = { ...ports, ...parts };
  const admitProxy = proxyAdmission({
    ...{ clock, log, readNode: readEnvoyNode, believesNodes: ports.believesNodes },
    bindings: async () => (await recentFinder({ indexes, worlds: read })).identityBindings,
  });
  const polled = {
    ...{ ...parts, admitProxy, hearsAllPolls: ports.hearsAllPolls, isWithinLimit: unknownViewLimit() },
    ...{ openSecret: secretOpener(ports.secrets), hashesIn: setHashes(snapshots) },
  };
  return discoveryApi({
    answerPoll: pollAnswerer(polled),
    answerDelta: deltaAnswerer({ ...polled, deltas: deltas(snapshots) }),
    identifyPoll: pollIdentifier(ports.verifyCaller),
    ...{ log, metrics },
  });
}
