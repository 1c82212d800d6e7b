import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../lib/base/brand.ts';
import { localConfigApi } from '../../lib/control/config/config-api.ts';
import { configSource } from '../../lib/control/build/config-source.ts';
import { MARKER_HEADER } from '../../lib/delivery/answer.ts';
import { discoveryPaths } from '../../lib/delivery/discovery-types.ts';
import { virtualService } from '../support/apply.ts';
import { testPorts } from '../support/config-store.ts';
import { serviceEntry, sidecarNode, testDelivery } from '../support/delivery.ts';
import { oddInput, type OddInput } from '../support/odd-input.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/** Services in a run of the suite, each with so many inputs; FUZZ_ROUNDS asks for more, FUZZ_SEED for others. */
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 40);
const FIRST_SEED = Number(process.env['FUZZ_SEED'] ?? process.env['PILOTLESS_SEED'] ?? 1);
const INPUTS = 25;

/** A service with a little in it, and all that it logged. */
async function fuzzedService() {
  const ports = testPorts();
  const api = localConfigApi(ports);
  const delivery = testDelivery({ blobs: ports.blobs, records: ports.records, config: configSource(ports) });
  const call = async (request: Request): Promise<Answer> => {
    const answer = await api.fetch(request);
    return { status: answer.status, text: await answer.text() };
  };
  const good = `${serviceEntry('good.a', '10.0.0.1')}\n${virtualService('good', { host: 'good.a' })}`;
  assert.equal((await call(applyOf(good))).status, 200);
  const revision = async (): Promise<number> => {
    const { text } = await call(new Request('http://api/v1/revisions?limit=1'));
    return (JSON.parse(text) as { revisions: { revision: number }[] }).revisions[0]?.revision ?? 0;
  };
  return { call, delivery, revision };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

type FuzzedService = Awaited<ReturnType<typeof fuzzedService>>;

const applyOf = (body: string, query = '', headers: Readonly<Record<string, string>> = {}): Request =>
  new Request(`http://api/v1/apply${query}`, { method: 'POST', body, headers });

/** Whatever comes in: an answer that blames whoever sent it, or a whole revision; and the proxies never notice. */
async function feedApi(
  { call, delivery, revision }: FuzzedService,
  odd: OddInput,
  random: SeededRandom,
): Promise<void> {
  const before = await revision();
  const request = oddRequest(odd, random);
  const { status, text } = await call(request);
  assert.ok(status < 500, `${request.method} ${request.url} was answered ${status}: ${text}`);
  const after = await revision();
  assert.ok(
    after === before || (after === before + 1 && status < 300),
    `${status} made of revision ${before} ${after}`,
  );
  if (after === before) return;
  const report = await delivery.builder.build('fuzz');
  assert.equal(report.outcome, 'built');
  assert.equal(report.outcome === 'built' && report.views.failed, 0, 'a view could not be built');
}

function oddRequest(odd: OddInput, random: SeededRandom): Request {
  const kind = random.below(10);
  if (kind < 6) return applyOf(odd.documents());
  if (kind === 6)
    return applyOf(JSON.stringify(odd.document()) ?? '', `?${new URLSearchParams(oddQuery(odd)).toString()}`);
  const paths = ['virtualservices', 'serviceentries', 'destinationrules', 'gateways', odd.text()];
  const path = `http://api/apis/networking.istio.io/v1/namespaces/${inPath(random.below(3) === 0 ? odd.text() : 'default')}/${inPath(paths[random.below(paths.length)] ?? '')}`;
  const body = JSON.stringify(odd.document()) ?? '';
  if (kind === 7) return new Request(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const types = [
    'application/merge-patch+json',
    'application/json-patch+json',
    'application/strategic-merge-patch+json',
  ];
  const headers = { 'content-type': kind === 8 ? (types[random.below(types.length)] ?? '') : 'application/json' };
  return new Request(`${path}/good`, { method: kind === 8 ? 'PATCH' : 'PUT', body, headers });
}

const inPath = (text: string): string => encodeURIComponent(text.toWellFormed());

const oddQuery = (odd: OddInput): [string, string][] =>
  ['expectRevision', 'prune', 'namespace', 'dryRun', 'message'].flatMap((name): [string, string][] =>
    odd.text().length % 2 === 0 ? [[name, odd.text()]] : [],
  );

/** Whatever a proxy sends: a snapshot, or a refusal; a refusal is never a 200. */
async function feedPoll({ delivery }: FuzzedService, odd: OddInput, random: SeededRandom): Promise<void> {
  delivery.clock.advance(durationMs(1_000));
  const type = random.below(8) === 0 ? odd.text() : (discoveryPaths[random.below(discoveryPaths.length)] ?? '');
  const form = random.below(3) === 0 ? 'delta' : 'discovery';
  const good = { version_info: '', node: sidecarNode, resource_names: ['80'] };
  const body = random.below(3) === 0 ? odd.garbled(JSON.stringify(good)) : (JSON.stringify(odd.broken(good)) ?? '');
  const method = random.below(20) === 0 ? 'PUT' : 'POST';
  const request = new Request(`http://xds/v3/${form}:${inPath(type)}`, { method, body });
  const answer = await delivery.discovery(request);
  const text = await answer.text();
  const [cause] = delivery.log.lines.filter(({ level }) => level === 'error');
  assert.equal(cause, undefined, `${form} ${type} with ${body.slice(0, 2_000)}`);
  assert.ok(answer.status < 500, `${form} ${type} was answered ${answer.status}: ${text}`);
  if (answer.status === 200) {
    assert.equal(answer.headers.get(MARKER_HEADER), '1');
    JSON.parse(text);
  } else if (answer.status !== 304) {
    assert.match(text, /"code":"[A-Z_]+"/);
  }
}

test(`FLT-3: ${ROUNDS * INPUTS} bad inputs from seed ${FIRST_SEED} to API and polls make no 5xx and nothing half done`, async () => {
  let revisions = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed += 1) {
    const random = seededRandom(seed);
    const odd = oddInput(random);
    try {
      const service = await fuzzedService();
      for (let input = 0; input < INPUTS; input += 1) {
        await feedApi(service, odd, random);
        await feedPoll(service, odd, random);
      }
      revisions += (await service.revision()) - 1;
      const poll = await service.delivery.poll('clusters');
      assert.equal(poll.status, 200, 'a proxy that does nothing wrong is served as ever');
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${seed} FUZZ_ROUNDS=1 repeats it`, { cause });
    }
  }
  assert.ok(revisions > ROUNDS, `only ${revisions} inputs were good enough to be built`);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

const MEGABYTES_10 = 10 * 1024 * 1024;

test('FLT-3: texts of 10 MB anywhere are refused, and are no burden', async () => {
  const service = await fuzzedService();
  const long = 'x'.repeat(MEGABYTES_10);
  const applied = await service.call(applyOf(virtualService(long)));
  assert.deepEqual([applied.status, await service.revision()], [413, 1]);
  const bodies = [
    JSON.stringify({ node: { ...sidecarNode, id: long } }),
    JSON.stringify({ node: sidecarNode, version_info: long }),
    '['.repeat(MEGABYTES_10),
  ];
  for (const body of bodies) {
    const polled = await service.delivery.discovery(
      new Request('http://xds/v3/discovery:clusters', { method: 'POST', body }),
    );
    assert.equal(polled.status, 413);
  }
});
