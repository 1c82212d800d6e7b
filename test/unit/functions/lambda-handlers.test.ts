import assert from 'node:assert/strict';
import { serviceActor } from '../../../lib/control/identity/rights.ts';
import { openGate } from '../../../lib/control/http/gate.ts';
import { test } from 'node:test';
import { cloudConfig, cloudConsole } from '../../../functions/cloud.ts';
import { configApiFunction } from '../../../functions/config-api.ts';
import type { HttpFunction } from '../../../functions/http-function.ts';
import { onUploadFunction } from '../../../functions/on-upload.ts';
import { publishFunction } from '../../../functions/publish.ts';
import { type SweepParts, sweepFunction } from '../../../functions/sweep.ts';
import { xdsFunction } from '../../../functions/xds.ts';
import type { ObjectFiles } from '../../../lib/adapters/aws/s3-files.ts';
import { FILE_LIMIT_BYTES } from '../../../lib/control/api/read-body.ts';
import { localConfigApi } from '../../../lib/control/config/config-api.ts';
import { leaseCandidate } from '../../../lib/control/lead/lease-candidate.ts';
import { leaseKey } from '../../../lib/control/lead/lease.ts';
import { configSource } from '../../../lib/control/build/config-source.ts';
import { testPorts } from '../../support/config-store.ts';
import { type DiscoveryAnswer, serviceEntry, sidecarNode, testDelivery } from '../../support/delivery.ts';
import { anyCandidate } from '../../support/leases.ts';
import { httpEvent, streamEvent, timerEvent, uploadEvent } from '../../support/lambda-events.ts';

const document = serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1');
const head = { partition: 'config', id: 'head' };

/** The functions over one store in memory. */
function functions() {
  const ports = testPorts();
  const config = localConfigApi(ports);
  const inbox = localConfigApi(ports, { bodyLimitBytes: FILE_LIMIT_BYTES });
  const { log: _ofConfig, ...stores } = ports;
  const delivery = testDelivery({ ...stores, config: configSource(ports), hearsAllPolls: false });
  const files = new Map<string, string>();
  const objectFiles: ObjectFiles = {
    read: async (key) => {
      const text = files.get(key);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    write: async (key, text) => void files.set(key, text),
  };
  const cloud = {
    delivery,
    log: delivery.log,
    files: objectFiles,
    config: async (request: Request) => config.fetch(request),
    proxies: delivery.proxies,
    views: delivery.views,
    analysis: delivery.analysis,
    debug: delivery.debug,
    gate: openGate,
    ...cloudConsole(ports),
    inbox: async (request: Request) => inbox.fetch(request),
  };
  return {
    files,
    delivery,
    ports,
    xds: xdsFunction(cloud),
    configApi: configApiFunction(cloud),
    publish: publishFunction(cloud),
    onUpload: onUploadFunction(cloud),
  };
}

const poll = (path: string, version = ''): Parameters<HttpFunction> => [
  httpEvent({ path: `/v3/discovery:${path}`, body: JSON.stringify({ version_info: version, node: sidecarNode }) }),
  {},
];
const apply = (body: string): Parameters<HttpFunction> => [httpEvent({ path: '/v1/apply', body }), {}];

test('PX-10: a poll through a function URL is answered with a marked DiscoveryResponse', async () => {
  const { xds, configApi } = functions();
  assert.equal((await configApi(...apply(document))).statusCode, 200);
  const result = await xds(...poll('clusters'));
  assert.equal(result.statusCode, 200);
  assert.equal(result.headers?.['x-pilotless'], '1');
  assert.equal(result.isBase64Encoded, false);
  const { resources } = JSON.parse(result.body ?? '') as DiscoveryAnswer;
  assert.ok(resources.some(({ name }) => name === 'outbound|80||reviews.default.svc.cluster.local'));
});

test('PX-11: an unchanged poll is a 304 without a body', async () => {
  const { xds } = functions();
  const first = JSON.parse((await xds(...poll('clusters'))).body ?? '') as DiscoveryAnswer;
  const again = await xds(...poll('clusters', first.version_info));
  assert.deepEqual([again.statusCode, again.body], [304, '']);
});

test('a body in base64 and a stage before the path are what they stand for', async () => {
  const { xds } = functions();
  const body = Buffer.from(JSON.stringify({ node: sidecarNode })).toString('base64');
  const event = httpEvent({ path: '/v3/discovery:clusters', body, isBase64Encoded: true, stage: 'prod' });
  assert.equal((await xds(event, {})).statusCode, 200);
});

test('DLV-10: what goes wrong inside is JSON, never 200 and never marked', async () => {
  const broken = functions();
  const handler = xdsFunction({
    delivery: { ...broken.delivery, discovery: async () => Promise.reject(new Error('secret of ours')) },
    gate: openGate,
    log: broken.delivery.log,
  });
  const result = await handler(...poll('clusters'));
  assert.equal(result.statusCode, 500);
  assert.equal(result.headers?.['x-pilotless'], undefined);
  assert.doesNotMatch(result.body ?? '', /secret/);
  assert.equal(broken.delivery.log.fieldsOf('request-failed').length, 1);
});

test('CS-9: a watch ends before the front door gives its answer up', async () => {
  const { ports } = functions();
  const files: ObjectFiles = { read: async () => undefined, write: async () => undefined };
  const config = cloudConfig({ ...ports, files });
  const path = '/api/v1/namespaces/default/services?watch=true&timeoutSeconds=300&allowWatchBookmarks=true';
  const began = ports.clock.now();
  const answer = await config(new Request(`http://config${path}`), serviceActor('test', ''));
  assert.match(await answer.text(), /"BOOKMARK"/);
  assert.equal(ports.clock.now() - began, 20_000);
});

test('PX-16: an unknown type is 404 and a malformed poll 400', async () => {
  const { xds } = functions();
  assert.equal((await xds(...poll('nonsense'))).statusCode, 404);
  assert.equal((await xds(httpEvent({ path: '/v3/discovery:clusters', body: '{' }), {})).statusCode, 400);
});

test('BLD-1: the stream of a moved head builds for the proxies that are known', async () => {
  const { configApi, xds, publish, delivery } = functions();
  await configApi(...apply(document));
  const { version_info } = JSON.parse((await xds(...poll('clusters'))).body ?? '') as DiscoveryAnswer;
  await configApi(...apply(serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2')));
  await publish(streamEvent({ partition: 'proxies', id: 'x' }));
  assert.equal(delivery.log.fieldsOf('build').length, 0);
  await publish(streamEvent({ partition: 'heads', id: 'x' }, head));
  const changed = await xds(...poll('clusters', version_info));
  assert.match(changed.body ?? '', /ratings/);
});

test('BLD-2: a batch that meets another leader is repeated, a timer is not', async () => {
  const { publish, delivery } = functions();
  const other = leaseCandidate(delivery.ports, leaseKey('builder', ''), anyCandidate('other'));
  await other.attempt();
  await assert.rejects(publish(streamEvent(head)), /another builder leads/);
  await publish(timerEvent);
  await other.release();
  await publish(streamEvent(head));
  assert.equal(delivery.log.fieldsOf('build').length, 1);
});

test('STO-8: a file in the inbox is applied, and the answer lies under results', async () => {
  const { onUpload, files, ports } = functions();
  files.set('inbox/team a/reviews.yaml', document);
  await onUpload(uploadEvent('inbox/team a/reviews.yaml', 'results/other.json', 'inbox/gone.yaml'));
  const result = JSON.parse(files.get('results/team a/reviews.yaml.json') ?? '{}') as { revision?: number };
  assert.equal(result.revision, 1);
  assert.equal(await configSource(ports).newestRevision(), 1);
});

test('STO-5: an upload that is announced twice makes one revision', async () => {
  const { onUpload, files, ports } = functions();
  files.set('inbox/a.yaml', document);
  await onUpload(uploadEvent('inbox/a.yaml'));
  await onUpload(uploadEvent('inbox/a.yaml'));
  assert.equal(await configSource(ports).newestRevision(), 1);
});

test('a refused file leaves its errors under results and nothing in the store', async () => {
  const { onUpload, files, ports } = functions();
  files.set(
    'inbox/bad.yaml',
    'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: x }\nspec: {}',
  );
  await onUpload(uploadEvent('inbox/bad.yaml'));
  assert.match(files.get('results/bad.yaml.json') ?? '', /errors/);
  assert.equal(await configSource(ports).newestRevision(), 0);
});

test('STO-8: a file larger than the front door lets in is applied from the inbox, as one revision', async () => {
  const { onUpload, configApi, files, ports } = functions();
  const padding = `# ${'x'.repeat(1024 * 1024)}\n`;
  const parts = Array.from({ length: 8 }, (_, index) =>
    serviceEntry(`svc-${index}.default.svc.cluster.local`, '10.0.0.1'),
  );
  const text = parts.map((part) => padding + part).join('\n');
  const refused = await configApi(...apply(text));
  assert.equal(refused.statusCode, 413);
  assert.match(refused.body ?? '', /inbox\//);
  files.set('inbox/large.yaml', text);
  await onUpload(uploadEvent('inbox/large.yaml'));
  const result = JSON.parse(files.get('results/large.yaml.json') ?? '{}') as { revision?: number; results?: unknown[] };
  assert.deepEqual([result.revision, result.results?.length], [1, 8], files.get('results/large.yaml.json'));
  assert.equal(await configSource(ports).newestRevision(), 1);
});

/** A call that has so much time left at each question. */
const callWith = (...left: readonly number[]) => {
  const times = [...left];
  return { getRemainingTimeInMillis: () => times.shift() ?? 0 };
};

function sweeping(stepsNeeded: number) {
  const { ports, delivery } = functions();
  let steps = 0;
  const keeper: SweepParts['delivery']['keeper'] = {
    step: async () => {
      steps += 1;
      return steps === stepsNeeded;
    },
  };
  const candidate = leaseCandidate({ ...ports, log: delivery.log }, leaseKey('keeper'), anyCandidate('sweeper'));
  return {
    ports,
    delivery,
    sweep: sweepFunction({ delivery: { keeper }, candidate, log: delivery.log }),
    steps: () => steps,
  };
}

test('STO-10: the sweeping function goes on until nothing is left to do, and gives the lease back', async () => {
  const { sweep, steps, ports } = sweeping(3);
  await sweep(timerEvent, callWith(800_000, 700_000, 600_000));
  assert.equal(steps(), 3);
  const lease = await ports.records.get<{ readonly holderIdentity: string }>(leaseKey('keeper'));
  assert.equal(lease?.record.holderIdentity, '');
});

test('STO-10: the sweeping function begins no step that the time of its call may not suffice for', async () => {
  const { sweep, steps } = sweeping(9);
  await sweep(timerEvent, callWith(300_000, 200_000, 100_000));
  assert.equal(steps(), 3);
});

test('STO-10: while another one keeps the store, the sweeping function leaves it alone', async () => {
  const { sweep, steps, ports, delivery } = sweeping(1);
  const other = leaseCandidate({ ...ports, log: delivery.log }, leaseKey('keeper'), anyCandidate('other'));
  await other.attempt();
  await sweep(timerEvent, callWith(800_000));
  assert.equal(steps(), 0);
});
