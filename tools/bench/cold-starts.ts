import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { repositoryRoot } from '../support/repository.ts';
import { type FirstAnswer, firstAnswer } from './first-answers.ts';
import { cpuMsOf } from './measure.ts';
import { pollBody } from './poll-body.ts';
import { postPoll } from './poll-load.ts';
import type { BenchRow } from './row.ts';
import { type ServedMesh, withServedMesh } from './served-mesh.ts';
import { type StartedServer, startServer } from './start-server.ts';

const NAMESPACE = 'ns-0';
/** Clusters whose endpoints each proxy asks for, each in a poll of its own as Envoy does. */
const ENDPOINT_POLLS = 3;
/** As long as an Envoy with the shortest refresh time waits after a failure. */
const RETRY_MS = 1_000;
const MOST_ATTEMPTS = 60;

/**
 * Proxies of one view that all start at once, against a service that has just started too (ROL-6): each asks for its clusters, some
 * endpoints, its listeners and its routes, one after the other. The floor is a bare server that sends the same bytes.
 */
export function coldStartRows(services: number, proxies: number): Promise<readonly BenchRow[]> {
  return withServedMesh(services, async (mesh) => {
    const answers = await answersOfOne(mesh.service().url);
    await mesh.restart();
    const ours = await herd(mesh.service(), proxies, answers.map(ourPoll));
    const floor = await floorHerd(mesh, proxies, answers);
    const row = (what: string, unit: string, read: (herd: Herd) => number): BenchRow => ({
      bench: `${proxies} proxies start at once: ${what}`,
      services,
      unit,
      value: read(ours),
      floor: read(floor),
      floorIs: 'bare Node server, same answers',
      busy: ours.cpuMs / 1000 / ours.seconds,
    });
    return [
      row('until all are served', 's', ({ seconds }) => seconds),
      row('processor time of the service', 's CPU', ({ cpuMs }) => cpuMs / 1000),
      { ...row('failed polls', 'polls', ({ failures }) => failures), floor: undefined, floorIs: '' },
    ];
  });
}

async function answersOfOne(server: string): Promise<readonly FirstAnswer[]> {
  const sidecar = { index: 0, namespace: NAMESPACE };
  const ask = (type: FirstAnswer['type'], names: readonly string[]): Promise<FirstAnswer> =>
    firstAnswer(server, sidecar, { type, names });
  const clusters = await ask('clusters', []);
  const answers = [clusters];
  for (const name of clusters.needs('endpoints').slice(0, ENDPOINT_POLLS)) answers.push(await ask('endpoints', [name]));
  const listeners = await ask('listeners', []);
  answers.push(listeners);
  for (const name of listeners.needs('routes')) answers.push(await ask('routes', [name]));
  return answers;
}

/** One poll of the herd: where it goes, and what each proxy sends. */
interface HerdPoll {
  readonly path: string;
  readonly body: (index: number) => string;
}

function ourPoll({ type, names }: FirstAnswer): HerdPoll {
  const { path, typeUrl } = XDS_TYPES[type];
  return {
    path: `/v3/discovery:${path}`,
    body: (index) => pollBody({ index, namespace: NAMESPACE }, { typeUrl, names }),
  };
}

async function floorHerd({ directory }: ServedMesh, proxies: number, answers: readonly FirstAnswer[]): Promise<Herd> {
  const files = answers.map(({ text }, index) => {
    const file = join(directory, `answer-${index}.json`);
    writeFileSync(file, text);
    return file;
  });
  const server = await startServer(join(repositoryRoot, 'tools', 'bench', 'floor-server.ts'), files);
  try {
    return await herd(
      server,
      proxies,
      answers.map((answer, index) => ({ ...ourPoll(answer), path: `/${index}` })),
    );
  } finally {
    await server.stop();
  }
}

interface Herd {
  readonly seconds: number;
  readonly cpuMs: number;
  /** Polls that were not answered with resources; each was sent again. */
  readonly failures: number;
}

async function herd({ url, pid }: StartedServer, proxies: number, polls: readonly HerdPoll[]): Promise<Herd> {
  const agent = new Agent({ keepAlive: true });
  let failures = 0;
  const isServed = async ({ path, body }: HerdPoll, index: number): Promise<boolean> => {
    const status = await postPoll(agent, `${url}${path}`, body(index)).catch(() => 0);
    if (status !== 200) failures += 1;
    return status === 200;
  };
  const start = async (index: number): Promise<void> => {
    for (const poll of polls) {
      for (let attempt = 1; !(await isServed(poll, index)); attempt += 1) {
        if (attempt === MOST_ATTEMPTS) throw new Error(`${poll.path} was not served at ${attempt} attempts`);
        await delay(RETRY_MS);
      }
    }
  };
  const [started, before] = [performance.now(), cpuMsOf(pid)];
  try {
    await Promise.all(Array.from({ length: proxies }, (_, index) => start(index)));
    return { seconds: (performance.now() - started) / 1000, cpuMs: cpuMsOf(pid) - before, failures };
  } finally {
    agent.destroy();
  }
}
