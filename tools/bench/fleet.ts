import type { XdsType } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { benchClock, type BenchClock, benchProcess, type BenchProcess } from './bench-process.ts';
import { generatedDocuments, serviceDocuments } from './generated-mesh.ts';
import { pollBody, type PollingSidecar } from './poll-body.ts';
import { endpointNames } from './endpoint-names.ts';
import { cpuMsOfCall } from './measure.ts';
import { combinedTallies, type StoreTally, type TalliedStore, talliedStore } from './tallied-store.ts';

/** A fleet of proxies, as the polls of its minutes are played. */
export interface FleetShape {
  /** That each proxy sees: it polls for the endpoints of each of their clusters, in a loop of its own. */
  readonly services: number;
  readonly proxies: number;
  readonly views: number;
  /** Processes that answer polls; each remembers only what it has seen. */
  readonly instances: number;
  readonly refreshMs: number;
}

/** What some time of polling took. */
export interface Played {
  readonly polls: number;
  readonly cpuMs: number;
  readonly sentBytes: number;
  readonly tally: StoreTally;
}

export interface FleetCosts {
  /** Poll loops of each proxy. */
  readonly loops: number;
  /** A minute in which nothing changes. */
  readonly quietMinute: Played;
  /** What one change of an endpoint adds: applied, built, and taken by every proxy. */
  readonly change: Played & { readonly applyCpuMs: number; readonly buildCpuMs: number };
}

const MINUTE_MS = 60_000;
/** A proxy that starts is sent everything, shows it, and is told that it has it. */
const SETTLING_ROUNDS = 3;

/**
 * Plays a fleet against processes as the cloud has them, over one store that counts. No time is waited for: the clock is moved from
 * poll to poll, and each poll goes to another process than the one before.
 */
export async function playFleet(shape: FleetShape): Promise<FleetCosts> {
  const [store, clock] = [talliedStore(), benchClock()];
  const start = (): BenchProcess => benchProcess({ store, clock, hearsAllPolls: false });
  const [writer, builder, ...answering] = Array.from({ length: 2 + shape.instances }, start);
  if (!writer || !builder) throw new Error('nobody writes or builds');
  await writer.load(generatedDocuments(shape.services));
  await builder.build();
  const stage = { store, clock, answering, loops: await loopsOf(shape, builder), refreshMs: shape.refreshMs };
  for (let round = 0; round < SETTLING_ROUNDS; round += 1) await played(stage, shape.refreshMs); // every proxy starts
  await builder.build();
  const quietMinute = await played(stage, MINUTE_MS);
  const [changed] = serviceDocuments(0, { replica: '10.250.0.1' });
  const applyCpuMs = await cpuMsOfCall(() => writer.apply([changed ?? {}]));
  const buildCpuMs = await cpuMsOfCall(() => builder.build());
  const written = store.takeTally();
  const minute = await played(stage, MINUTE_MS);
  return {
    loops: stage.loops.length / shape.proxies,
    quietMinute,
    change: { ...added(minute, quietMinute, written), applyCpuMs, buildCpuMs },
  };
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

/** Every loop that an Envoy opens, in the order in which it starts them. */
async function loopsOf({ proxies, views }: FleetShape, process: BenchProcess): Promise<readonly PollLoop[]> {
  const endpoints = await endpointNames(process, { index: 0, namespace: 'ns-0' });
  const named = endpoints.map((name) => ['endpoints', [name]] as const);
  const loops = [['clusters', []], ...named, ['listeners', []], ['routes', ['80']]] as const;
  const sidecars = Array.from({ length: proxies }, (_, index) => ({ index, namespace: `ns-${index % views}` }));
  return sidecars.flatMap((sidecar) =>
    loops.map(([type, names]) => ({ sidecar, type, names, versionInfo: undefined })),
  );
}

interface Stage {
  readonly store: TalliedStore;
  readonly clock: BenchClock;
  readonly answering: readonly BenchProcess[];
  readonly loops: readonly PollLoop[];
  readonly refreshMs: number;
}

async function played({ store, clock, answering, loops, refreshMs }: Stage, ms: number): Promise<Played> {
  let [polls, sentBytes] = [0, 0];
  store.takeTally();
  const cpuMs = await cpuMsOfCall(async () => {
    for (let at = 0; at < ms; at += refreshMs) {
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
