import { median } from '../../base/median.ts';
import { compileClusters } from '../../compile/clusters.ts';
import { compile, compileListeners, compileRoutes } from '../../compile/compile.ts';
import { compileEndpoints } from '../../compile/endpoints.ts';
import { encodeProxy } from '../../envoy/encode-proxy.ts';
import type { EnvoyResource } from '../../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { Resource } from '../../resources/resource.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { ProxyView } from '../../view/proxy-view.ts';
import { viewFacts } from '../../view/view-facts.ts';
import { buildWorld, type World } from '../../world/world.ts';
import { CASE_WORLD } from './read-case.ts';

/** The stages of a build, and each type alone on its way from the view to Envoy's spelling. */
type Timed = 'world' | 'view' | 'compile' | 'encode' | 'clusters' | 'listeners' | 'routes' | 'endpoints';

export interface TimedBuild {
  /** Nanoseconds, the median of all iterations; `total` is the sum of the four stages. */
  readonly ns: Readonly<Record<Timed | 'total', number>>;
  /** Of JSON, by the key under which `render` prints the type, and of all together. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly resources: Readonly<Record<string, number>>;
  /** What one build holds on to: its world, view, decisions and resources. */
  readonly heapBytes: number;
}

/** What is built again and again, for one proxy. */
export interface BuildToTime {
  readonly resources: readonly Resource[];
  readonly facts: ProxyFacts;
}

/** How a build is measured; the clock and the heap belong to whoever asks. */
export interface Measuring {
  /** At least 1. */
  readonly iterations: number;
  /** A clock that never goes back. */
  readonly nowNs: () => number;
  /** Bytes in use after everything unused was collected. */
  readonly liveHeapBytes: () => number;
}

/** Iterations that do not count, in which the runtime compiles what is hot. */
const WARM_UP = 3;

/** Times the stages of a build, from resources that are already read to what Envoy would be sent. */
export function timeBuild(build: BuildToTime, { iterations, nowNs, liveHeapBytes }: Measuring): TimedBuild {
  for (let index = 0; index < WARM_UP; index += 1) buildTimed(build, nowNs);
  const runs = Array.from({ length: iterations }, () => buildTimed(build, nowNs).ns);

  const before = liveHeapBytes();
  const { built } = buildTimed(build, nowNs);
  const heapBytes = liveHeapBytes() - before;

  const ns = medians(runs);
  const total = ns.world + ns.view + ns.compile + ns.encode;
  return { ns: { ...ns, total }, ...sizesOf(built.resources), heapBytes };
}

type Laps = Readonly<Record<Timed, number>>;

function medians(runs: readonly Laps[]): Laps {
  const of = (lap: Timed): number => median(runs.map((run) => run[lap]));
  return {
    world: of('world'),
    view: of('view'),
    compile: of('compile'),
    encode: of('encode'),
    clusters: of('clusters'),
    listeners: of('listeners'),
    routes: of('routes'),
    endpoints: of('endpoints'),
  };
}

interface Built {
  readonly world: World;
  readonly view: ProxyView;
  readonly ir: ProxyIr;
  readonly resources: readonly EnvoyResource[];
}

function buildTimed(
  { resources, facts }: BuildToTime,
  nowNs: () => number,
): { readonly built: Built; readonly ns: Laps } {
  const timed = <T>(run: () => T): { readonly value: T; readonly ns: number } => {
    const started = nowNs();
    const value = run();
    return { value, ns: nowNs() - started };
  };
  const world = timed(() => buildWorld(resources, CASE_WORLD).value);
  const view = timed(() => buildProxyView(world.value, viewFacts(world.value, facts)).value);
  const ir = timed(() => compile(view.value).value);
  const encode = timed(() => encodeProxy(ir.value));

  const alone = (part: () => Partial<ProxyIr>): number =>
    timed(() => encodeProxy({ ...NOTHING_COMPILED, refresh: ir.value.refresh, ...part() })).ns;
  return {
    built: { world: world.value, view: view.value, ir: ir.value, resources: encode.value },
    ns: {
      world: world.ns,
      view: view.ns,
      compile: ir.ns,
      encode: encode.ns,
      clusters: alone(() => ({ clusters: compileClusters(view.value).value })),
      listeners: alone(() => ({ listeners: compileListeners(view.value).value })),
      routes: alone(() => ({ routes: compileRoutes(view.value, ir.value.listeners).value })),
      endpoints: alone(() => ({ endpoints: compileEndpoints(view.value).value })),
    },
  };
}

const NOTHING_COMPILED: Omit<ProxyIr, 'refresh'> = {
  clusters: [],
  endpoints: [],
  listeners: [],
  routes: [],
  secrets: [],
  withheldSecrets: [],
};

function sizesOf(resources: readonly EnvoyResource[]): Pick<TimedBuild, 'bytes' | 'resources'> {
  const bytes: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const { renderKey } of Object.values(XDS_TYPES)) [bytes[renderKey], counts[renderKey]] = [0, 0];
  const utf8 = new TextEncoder();
  for (const { type, body } of resources) {
    const { renderKey } = XDS_TYPES[type];
    bytes[renderKey] = (bytes[renderKey] ?? 0) + utf8.encode(JSON.stringify(body)).length;
    counts[renderKey] = (counts[renderKey] ?? 0) + 1;
  }
  const total = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  return { bytes: { ...bytes, total }, resources: { ...counts, total: resources.length } };
}
