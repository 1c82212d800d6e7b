import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../lib/base/median.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { repositoryRoot } from '../support/repository.ts';
import { waitUntil } from '../support/wait-until.ts';
import { serviceDocuments } from './generated-mesh.ts';
import { firstAnswer } from './first-answers.ts';
import { cpuMsOf } from './measure.ts';
import { ALL_EXTENSIONS, nodeOf, pollBody, type PollingSidecar, type PollShape } from './poll-body.ts';
import { pollLoad, type PollLoad } from './poll-load.ts';
import type { BenchRow } from './row.ts';
import { type ServedMesh, withServedMesh } from './served-mesh.ts';
import { type StartedServer, startServer } from './start-server.ts';

/** Enough that none comes near the limit of polls per proxy, all with the one view. */
const PROXIES = 100;
const CONNECTIONS = 8;
const ROUNDS = 3;

/** CDS polls over HTTP against the real service, each beside a bare server that gives the same answer without thinking. */
export function pollRows(services: number, seconds: number): Promise<readonly BenchRow[]> {
  return withServedMesh(services, async (mesh) => {
    const service = mesh.service();
    const url = `${service.url}/v3/discovery:clusters`;
    const first = { type: 'clusters', names: [] } as const;
    const { text, versionInfo } = await firstAnswer(service.url, { index: 0, namespace: 'ns-0' }, first);
    const bodyFile = join(mesh.directory, 'clusters.json');
    writeFileSync(bodyFile, text);
    const rows: BenchRow[] = [];
    for (const [bench, poll, floorArgs] of [
      ['unchanged poll', { bodies: pollBodies({ versionInfo }), expectedStatus: 304 }, []],
      [
        'unchanged poll, whole node (77 KB)',
        { bodies: pollBodies({ versionInfo, extensions: ALL_EXTENSIONS }), expectedStatus: 304 },
        [],
      ],
      ['changed poll', { bodies: pollBodies({}), expectedStatus: 200 }, [bodyFile]],
    ] as const) {
      rows.push(...(await compare({ bench, services, seconds, url, service, poll, floorArgs })));
    }
    return [...rows, ...(await deltaRows(mesh, services, seconds))];
  });
}

/**
 * Delta polls for clusters: of clients that have everything, and of clients that show, again and again, the state before one policy
 * changed.
 */
async function deltaRows(mesh: ServedMesh, services: number, seconds: number): Promise<readonly BenchRow[]> {
  const service = mesh.service();
  const url = `${service.url}/v3/delta:clusters`;
  const { nonce } = JSON.parse((await deltaPoll(url, '')).text) as { readonly nonce: string };
  const bodies = sidecars.map((sidecar) => deltaBody(sidecar, nonce));
  const shared = { services, seconds, url, service };
  const unchanged = { bench: 'unchanged delta poll', poll: { bodies, expectedStatus: 304 }, floorArgs: [] };
  const rows = await compare({ ...shared, ...unchanged });
  await mesh.apply(serviceDocuments(0, { failures: 7 }));
  const what = { what: 'the change can be polled', timeoutMs: 60_000 };
  await waitUntil(async () => (await deltaPoll(url, nonce)).status === 200, what);
  const { text } = await deltaPoll(url, nonce);
  const bodyFile = join(mesh.directory, 'delta.json');
  writeFileSync(bodyFile, text);
  const bench = `changed delta poll, ${Buffer.byteLength(text).toLocaleString('en-US')} bytes`;
  const changed = { bench, poll: { bodies, expectedStatus: 200 }, floorArgs: [bodyFile] };
  return [...rows, ...(await compare({ ...shared, ...changed }))];
}

async function deltaPoll(url: string, nonce: string): Promise<{ readonly status: number; readonly text: string }> {
  const body = deltaBody({ index: PROXIES, namespace: 'ns-0' }, nonce);
  const response = await fetch(url, { method: 'POST', body });
  return { status: response.status, text: await response.text() };
}

const deltaBody = (sidecar: PollingSidecar, nonce: string): string =>
  JSON.stringify({ node: nodeOf(sidecar), type_url: XDS_TYPES.clusters.typeUrl, response_nonce: nonce });

interface Comparison {
  readonly bench: string;
  readonly services: number;
  /** How long one round loads each of the two. */
  readonly seconds: number;
  readonly url: string;
  readonly service: StartedServer;
  readonly poll: Pick<PollLoad, 'bodies' | 'expectedStatus'>;
  readonly floorArgs: readonly string[];
}

/** Medians of rounds in which the service and the floor take turns, so that what else the machine does hits both. */
async function compare({
  bench,
  services,
  seconds,
  url,
  service,
  poll,
  floorArgs,
}: Comparison): Promise<readonly BenchRow[]> {
  const floorServer = await startServer(join(repositoryRoot, 'tools', 'bench', 'floor-server.ts'), floorArgs);
  const [ours, floor]: [Loaded[], Loaded[]] = [[], []];
  const load = { ...poll, seconds, connections: CONNECTIONS };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await loaded({ ...load, url }, service.pid));
      floor.push(await loaded({ ...load, url: `${floorServer.url}/` }, floorServer.pid));
    }
  } finally {
    await floorServer.stop();
  }
  const row = (unit: string, read: (run: Loaded) => number): BenchRow => ({
    bench,
    services,
    unit,
    value: median(ours.map(read)),
    floor: median(floor.map(read)),
    floorIs: 'bare Node server, same answer',
    busy: median(ours.map((run) => run.busy)),
  });
  return [row('ms CPU per poll', (run) => run.cpuMs), row('polls/s', (run) => run.perSecond)];
}

interface Loaded {
  /** Of the server, per poll. */
  readonly cpuMs: number;
  readonly perSecond: number;
  /** Processor time of the server per time that went by: what is missing to 1 it waited for this load generator, or for a core. */
  readonly busy: number;
}

async function loaded(load: PollLoad, pid: number): Promise<Loaded> {
  await pollLoad({ ...load, seconds: load.seconds / 4 });
  const before = cpuMsOf(pid);
  const { requests, seconds } = await pollLoad(load);
  const cpuMs = cpuMsOf(pid) - before;
  return { cpuMs: cpuMs / requests, perSecond: requests / seconds, busy: cpuMs / 1000 / seconds };
}

/** One poll of each proxy. */
const pollBodies = (shape: PollShape): readonly string[] => sidecars.map((sidecar) => pollBody(sidecar, shape));

const sidecars: readonly PollingSidecar[] = Array.from({ length: PROXIES }, (_, index) => ({
  index,
  namespace: 'ns-0',
}));
