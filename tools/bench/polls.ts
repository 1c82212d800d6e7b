import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { pilotless } from '../demo/mesh.ts';
import { generatedMesh } from './generated-mesh.ts';
import { cpuMsOf } from './measure.ts';
import { pollLoad, type PollLoad } from './poll-load.ts';
import type { BenchRow } from './row.ts';
import { startServer } from './start-server.ts';

const LOAD = { seconds: 4, connections: 8 } as const;

/** CDS polls over HTTP against the real service, each beside a bare server that gives the same answer without thinking. */
export async function pollRows(services: number): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-bench-'));
  const cli = join(repositoryRoot, 'bin', 'pilotless.mjs');
  const service = await startServer(cli, ['serve', '--port', '0', '--data', join(directory, 'data')]);
  try {
    await pilotless(['apply', '--server', service.url, '-f', '-'], generatedMesh(services));
    const url = `${service.url}/v3/discovery:clusters`;
    const first = await firstAnswer(url);
    const bodyFile = join(directory, 'clusters.json');
    writeFileSync(bodyFile, first.text);
    const rows: BenchRow[] = [];
    for (const [bench, poll, floor] of [
      ['unchanged poll', { body: pollBody(first.versionInfo), expectedStatus: 304 }, []],
      ['unchanged poll, whole node (77 KB)', { body: pollBody(first.versionInfo, 516), expectedStatus: 304 }, []],
      ['changed poll', { body: pollBody(undefined), expectedStatus: 200 }, [bodyFile]],
    ] as const) {
      rows.push(...(await compare({ bench, services, url, pid: service.pid, poll, floorArgs: floor })));
    }
    return rows;
  } finally {
    await service.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly bench: string;
  readonly services: number;
  readonly url: string;
  readonly pid: number;
  readonly poll: Pick<PollLoad, 'body' | 'expectedStatus'>;
  readonly floorArgs: readonly string[];
}

async function compare({ bench, services, url, pid, poll, floorArgs }: Comparison): Promise<readonly BenchRow[]> {
  const floorServer = await startServer(join(repositoryRoot, 'tools', 'bench', 'floor-server.ts'), floorArgs);
  try {
    const ours = await loaded({ ...LOAD, ...poll, url }, pid);
    const floor = await loaded({ ...LOAD, ...poll, url: `${floorServer.url}/` }, floorServer.pid);
    const floorIs = 'bare Node server, same answer';
    return [
      { bench, services, unit: 'ms CPU per poll', value: ours.cpuMs, floor: floor.cpuMs, floorIs },
      { bench, services, unit: 'polls/s', value: ours.perSecond, floor: floor.perSecond, floorIs },
    ];
  } finally {
    await floorServer.stop();
  }
}

async function loaded(load: PollLoad, pid: number): Promise<{ readonly cpuMs: number; readonly perSecond: number }> {
  await pollLoad({ ...load, seconds: 1 });
  const before = cpuMsOf(pid);
  const { requests, perSecond } = await pollLoad(load);
  return { cpuMs: (cpuMsOf(pid) - before) / requests, perSecond };
}

async function firstAnswer(url: string): Promise<{ readonly text: string; readonly versionInfo: string }> {
  const response = await fetch(url, { method: 'POST', body: pollBody(undefined) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the first poll was answered ${response.status}: ${text}`);
  return { text, versionInfo: (JSON.parse(text) as { version_info: string }).version_info };
}

/** A poll as Envoy 1.40 sends it; with `extensions` as large as one that no bootstrap filter stripped. */
function pollBody(versionInfo: string | undefined, extensions = 0): string {
  const id = 'sidecar~10.255.0.1~bench.ns-0~ns-0.svc.cluster.local';
  const metadata = {
    NAMESPACE: 'ns-0',
    INTERCEPTION_MODE: 'REDIRECT',
    LABELS: { app: 'bench' },
    PILOTLESS_REFRESH: '5s',
  };
  const node = {
    id,
    cluster: 'bench',
    metadata,
    user_agent_name: 'envoy',
    ...(extensions === 0 ? {} : { extensions: Array.from({ length: extensions }, (_, index) => extension(index)) }),
  };
  return JSON.stringify({
    ...(versionInfo === undefined ? {} : { version_info: versionInfo }),
    node,
    type_url: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  });
}

/** About 150 bytes, as one entry of the list of extensions has on average. */
const extension = (index: number): object => ({
  name: `envoy.filters.http.extension_number_${index}`,
  category: 'envoy.filters.http',
  type_urls: [`envoy.extensions.filters.http.extension_number_${index}.v3.Config`],
});
