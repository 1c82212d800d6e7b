import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { fetchedProgram, MissingProgram } from './fetch/fetch-program.ts';
import { startBookshopApps, type BookshopApps } from './demo/bookshop-apps.ts';
import { exampleDocuments, pilotless, startProxy, startService } from './demo/mesh.ts';
import { waitUntilSynced } from './demo/synced.ts';
import { startTraffic, type Tally, type Traffic } from './demo/traffic.ts';
import { freePort } from './support/free-port.ts';

const SHARES = [10, 50, 100] as const;
const REQUESTS_PER_SECOND = 50;
/** Enough for the shares to be seen in the counts, however fast the machine is. */
const REQUESTS_PER_SHARE = 200;
const HOST = 'bookshop.example.com';

/** Only on a terminal: in a pipe, and in the log of a CI, the lines are plain. */
const colors = createColors(Boolean(process.stdout.isTTY) && !process.env['NO_COLOR']);

/** What the demo has started so far; ended in the reverse order, whatever happens. */
const cleanups: (() => unknown)[] = [];

async function demo(): Promise<void> {
  const started = performance.now();
  say('fetching Envoy, if it is not there yet');
  await fetchedProgram('envoy');

  const data = mkdtempSync(join(tmpdir(), 'pilotless-demo-'));
  cleanups.push(() => rmSync(data, { recursive: true, force: true }));
  const service = await startService(data);
  cleanups.push(() => service.process.stop());
  say(`the service runs at ${service.url}, its data is one SQLite file`);

  const [gatewayPort, reviewsPort, ratingsPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const apps = await startBookshopApps({ reviews: reviewsPort, ratings: ratingsPort });
  cleanups.push(() => apps.stop());
  const documents = exampleDocuments(portsOf(apps, { gatewayPort, reviewsPort, ratingsPort }));
  await apply(service.url, Object.values(documents).join('\n---\n'));

  const proxies: readonly (readonly string[])[] = [
    ['--id', 'gateway-1', '--type', 'router', '-n', 'edge', '--label', 'app=gateway'],
    ['--id', 'frontend-1', '-n', 'shop', '--interception', 'none'],
    ['--id', 'reviews-1', '-n', 'reviews', '--interception', 'none'],
  ];
  const envoys = await Promise.all(proxies.map((flags) => startProxy(service.url, flags)));
  envoys.forEach((envoy) => cleanups.push(() => envoy.stop()));
  await Promise.all(envoys.map((envoy) => envoy.ready()));
  const revision = await waitUntilSynced(service.url, proxies.length);
  say(`three real Envoys (a gateway and two sidecars) are SYNCED at revision ${revision}`);

  const traffic = startTraffic({ port: gatewayPort, host: HOST, perSecond: REQUESTS_PER_SECOND });
  cleanups.push(() => traffic.stop());
  const tallies = await shiftCanary(service.url, traffic, documents['canary.yaml'] ?? '');
  await traffic.stop();
  report([...tallies, { share: 'the rest', tally: traffic.take() }]);
  process.stdout.write(await pilotless(['proxy-status', '--server', service.url]));
  say(`done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (process.argv.includes('--stay'))
    await stay(
      service.url,
      gatewayPort,
      envoys.map((envoy) => envoy.adminPort),
    );
}

interface Phase {
  readonly share: string;
  readonly tally: Tally;
}

/** Moves traffic to the new version step by step while requests flow; every change is one atomic revision. */
async function shiftCanary(url: string, traffic: Traffic, canary: string): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  for (const share of SHARES) {
    await apply(
      url,
      canary.replace('weight: 90', `weight: ${100 - share}`).replace('weight: 10\n', `weight: ${share}\n`),
    );
    await waitUntilSynced(url, 3);
    phases.push({ share: `on the way to ${share} %`, tally: traffic.take() });
    await traffic.hasAnswered(REQUESTS_PER_SHARE);
    phases.push({ share: `${share} % to v2`, tally: traffic.take() });
  }
  return phases;
}

async function apply(url: string, documents: string): Promise<void> {
  const output = await pilotless(['apply', '--server', url, '-f', '-'], documents);
  for (const line of output.trimEnd().split('\n')) console.log(`  ${colors.dim(line)}`);
}

function report(phases: readonly Phase[]): void {
  for (const { share, tally } of phases) {
    const versions = ['v1', 'v2'].map((version) => `${version} ${String(tally.byVersion[version] ?? 0).padStart(4)}`);
    console.log(`  ${share.padEnd(20)} ${versions.join('   ')}   failed ${tally.failures.length}`);
  }
  const requests = phases.reduce((sum, { tally }) => sum + tally.requests, 0);
  const failures = phases.flatMap(({ tally }) => tally.failures);
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${requests} requests failed, the first: ${failures[0]}`);
  const last = phases.findLast(({ share }) => share.startsWith('100 %'));
  if (last === undefined || last.tally.requests === 0 || (last.tally.byVersion['v1'] ?? 0) > 0) {
    throw new Error('the canary did not take all of the traffic');
  }
  say(`${requests} requests through gateway and sidecars, none failed`);
}

function portsOf(
  apps: BookshopApps,
  proxies: Readonly<Record<'gatewayPort' | 'reviewsPort' | 'ratingsPort', number>>,
): ReadonlyMap<number, number> {
  return new Map([
    [8000, proxies.gatewayPort],
    [9080, proxies.reviewsPort],
    [9090, proxies.ratingsPort],
    [8081, apps.ports.frontend],
    [8082, apps.ports.reviewsV1],
    [8083, apps.ports.reviewsV2],
    [8084, apps.ports.ratings],
  ]);
}

/** Keeps everything up until the user ends it by a signal, as the demo can be ended at any time. */
function stay(url: string, gatewayPort: number, adminPorts: readonly number[]): Promise<void> {
  console.log(`
  service   ${url}   (export PILOTLESS_URL=${url})
  traffic   curl -H 'Host: ${HOST}' http://127.0.0.1:${gatewayPort}/
  admin     ${adminPorts.map((port) => `http://127.0.0.1:${port}`).join('  ')}
  Ctrl-C ends all of it.`);
  isDone = true;
  return new Promise(() => undefined);
}

const say = (text: string): void => console.log(`${colors.green('*')} ${text}`);

async function cleanUp(): Promise<void> {
  while (cleanups.length > 0) await cleanups.pop()?.();
}

/** Whether everything was shown, so that a signal is how the user ends it and no interruption. */
let isDone = false;

async function endBy(code: number): Promise<void> {
  await cleanUp();
  process.exit(isDone ? 0 : code);
}

process.once('SIGINT', () => void endBy(130)).once('SIGTERM', () => void endBy(143));

try {
  await demo();
} catch (error) {
  console.error(error instanceof MissingProgram ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
