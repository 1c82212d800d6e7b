import type { XdsType } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { benchClock, type BenchClock, benchProcess, type BenchProcess } from './bench-process.ts';
import { generatedDocuments, serviceDocuments } from './generated-mesh.ts';
import { pollBody, type PollingSidecar } from './poll-body.ts';
import { cpuMsOfCall } from './measure.ts';
import { combinedTallies, type StoreTally, type TalliedStore, talliedStore } from './tallied-store.ts';

/** A fleet of proxies, as the polls of its minutes are played. */
export interface FleetShape {
  readonly services: number;
  readonly proxies: number;
  readonly views: number;
  /** Processes that answer polls; each remembers only what it has seen. */
  readonly instances: number;
  readonly refreshMs: number;
  /** Clusters whose endpoints each proxy asks for, each in a loop of its own beside those for clusters, listeners and routes. */
  readonly endpointLoops: number;
}

/** What some time of polling took. */
export interface Played {
  readonly polls: number;
  readonly cpuMs: number;
  readonly sentBytes: number;
  readonly tally: StoreTally;
}

export interface FleetCosts {
  /** A minute in which nothing changes. */
  readonly quietMinute: Played;
  /** What one change of an endpoint adds: applied, built, and taken by every proxy. */
  readonly change: Played & { readonly applyCpuMs: number; readonly buildCpuMs: number };
}

const MINUTE_MS = 60_000;

/**
 * Plays a fleet against processes as the cloud has them, over one store that counts. No time is waited for: the clock is moved from
 * poll to poll, and each poll goes to another process than the one before.
 */
export async function playFleet(shape: FleetShape): Promise<FleetCosts> {
  const [store, clock] = [talliedStore(), benchClock()];
  const start = (): BenchProcess => benchProcess({ store, clock, hearsAllPolls: false });
  const [writer, builder] = [start(), start()];
  const stage = { store, clock, answering: Array.from({ length: shape.instances }, start) };
  const loops = loopsOf(shape);
  await writer.load(generatedDocuments(shape.services));
  await builder.build();
  const playMinute = (): Promise<Played> => playedMinute(stage, loops, shape.refreshMs);
  await playMinute(); // every proxy starts
  await builder.build();
  await playMinute();
  const quietMinute = await playMinute();
  const [changed] = serviceDocuments(0, { replica: '10.250.0.1' });
  const applyCpuMs = await cpuMsOfCall(() => writer.apply([changed ?? {}]));
  const buildCpuMs = await cpuMsOfCall(() => builder.build());
  const written = store.takeTally();
  const minute = await playMinute();
  return { quietMinute, change: { ...added(minute, quietMinute, written), applyCpuMs, buildCpuMs } };
}

/** What a change added to a minute of polls, and what was written for it before. */
function added(minute: Played, quiet: Played, written: StoreTally): Played {
  const polled = combinedTallies(minute.tally, quiet.tally, (a, b) => Math.max(0, a - b));
  return {
    polls: 0,
    cpuMs: Math.max(0, minute.cpuMs - quiet.cpuMs),
    sentBytes: minute.sentBytes - quiet.sentBytes,
    tally: combinedTallies(polled, written, (a, b) => a + b),
  };
}

interface PollLoop {
  readonly sidecar: PollingSidecar;
  readonly type: XdsType;
  readonly names: readonly string[];
  versionInfo: string | undefined;
}

/** In the order in which a proxy starts them. */
function loopsOf({ proxies, views, endpointLoops }: FleetShape): readonly PollLoop[] {
  const named = Array.from({ length: endpointLoops }, (_, index): readonly [XdsType, readonly string[]] => [
    'endpoints',
    [`outbound|80||service-${index}.ns-${index % 10}.svc.cluster.local`],
  ]);
  const loops = [['clusters', []], ...named, ['listeners', []], ['routes', ['80']]] as const;
  return Array.from({ length: proxies }, (_, index) => ({ index, namespace: `ns-${index % views}` })).flatMap(
    (sidecar) => loops.map(([type, names]) => ({ sidecar, type, names, versionInfo: undefined })),
  );
}

interface Stage {
  readonly store: TalliedStore;
  readonly clock: BenchClock;
  readonly answering: readonly BenchProcess[];
}

async function playedMinute({ store, clock, answering }: Stage, loops: readonly PollLoop[], refreshMs: number) {
  let [polls, sentBytes] = [0, 0];
  store.takeTally();
  const cpuMs = await cpuMsOfCall(async () => {
    for (let at = 0; at < MINUTE_MS; at += refreshMs) {
      for (const loop of loops) {
        clock.advance(refreshMs / loops.length);
        const process = answering[polls % answering.length];
        if (process === undefined) throw new Error('nobody answers polls');
        polls += 1;
        sentBytes += await playedPoll(process, loop);
      }
    }
  });
  return { polls, cpuMs, sentBytes, tally: store.takeTally() };
}

/** Bytes of the answer. */
async function playedPoll(process: BenchProcess, loop: PollLoop): Promise<number> {
  const { sidecar, type, names, versionInfo } = loop;
  const { path, typeUrl } = XDS_TYPES[type];
  const body = pollBody(sidecar, { typeUrl, names, versionInfo });
  const { status, text } = await process.poll(`/v3/discovery:${path}`, body);
  if (status === 304) return 0;
  if (status !== 200) throw new Error(`a poll was answered ${status}: ${text}`);
  loop.versionInfo = /"version_info":"([^"]*)"/.exec(text)?.[1];
  return Buffer.byteLength(text);
}
