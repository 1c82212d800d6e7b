import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryBlobs } from '../../../../lib/adapters/memory/memory-blobs.ts';
import { memorySecretBox } from '../../../../lib/adapters/memory/memory-secret-box.ts';
import { renderText } from '../../../../lib/control/offline/render-case.ts';
import type { DeliveryPorts } from '../../../../lib/control/delivery-service.ts';
import type { SecretBox } from '../../../../lib/ports/secret-box.ts';
import type { Resource } from '../../../../lib/resources/resource.ts';
import { type DeltaAnswerBody, deltaIn, sentIn, type TestDelivery, testDelivery } from '../../../support/delivery.ts';
import { testAuthority } from '../../../support/test-certificates.ts';
import { document, pairSecret, secretOf, storedResourcesOf } from '../../../support/tls-secrets.ts';

const authority = testAuthority('roots');
const [first, second] = [authority.issue('a.example'), authority.issue('a.example')];

const gateway = (namespace = 'edge', credentialName = 'c'): string =>
  document({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace },
    spec: {
      servers: [
        {
          port: { number: 8443, name: 'https', protocol: 'HTTPS' },
          hosts: ['a.example'],
          tls: { mode: 'MUTUAL', credentialName },
        },
      ],
    },
  });
const ROOTS = secretOf('c-cacert', { 'ca.crt': authority.certificate }, 'edge');
const MESH = gateway() + ROOTS + pairSecret('c', first, 'edge');

const PAIR = 'kubernetes://c';
const TRUST = 'kubernetes://c-cacert';

/** A router's node; `metadata` lies over it. */
const routerNode = (namespace = 'edge', metadata: object = {}, name = 'router') => ({
  id: `router~10.0.0.5~${name}.${namespace}~${namespace}.svc.cluster.local`,
  cluster: 'router',
  metadata: { NAMESPACE: namespace, PILOTLESS_REFRESH: '5s', ...metadata },
});

interface SecretDelivery extends TestDelivery {
  /** Makes documents, stored as an apply stores them, the next revision, and builds it. */
  store(yaml: string): Promise<void>;
}

async function delivering(
  yaml = MESH,
  replaced: Partial<DeliveryPorts> & { box?: SecretBox } = {},
): Promise<SecretDelivery> {
  const { box = memorySecretBox(), ...others } = replaced;
  let current: { readonly revision: number; readonly resources: readonly Resource[] } = { revision: 0, resources: [] };
  const service = testDelivery({
    secrets: box,
    config: {
      newestRevision: async () => current.revision,
      newestHealth: async () => '',
      readNewest: async () => ({ ...current, health: '' }),
    },
    ...others,
  });
  const store = async (written: string): Promise<void> => {
    // What is written as it was stays the same object, as in a store.
    const before = new Map(current.resources.map((resource) => [JSON.stringify(sourceOf.get(resource)), resource]));
    const resources = await Promise.all(
      written
        .split('---\n')
        .flatMap((text) => (text.trim() === '' ? [] : [text]))
        .map(async (text) => {
          const known = before.get(JSON.stringify(text));
          const [resource = assert.fail()] = known ? [known] : await storedResourcesOf(box, text);
          sourceOf.set(resource, text);
          return resource;
        }),
    );
    current = { revision: current.revision + 1, resources };
    await service.builder.build('config');
  };
  await store(yaml);
  return { ...service, store };
}
const sourceOf = new WeakMap<Resource, string>();

type Sent = Readonly<Record<string, Readonly<Record<string, { readonly inlineBytes: string }>>>>;

const textIn = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString();

/** The certificate and the key, or the roots, of the one secret that an answer holds. */
async function secretIn(response: Response): Promise<readonly string[]> {
  const { resources } = await sentIn(response);
  return valuesIn(resources[0] as Sent | undefined);
}

function valuesIn(secret: Sent | undefined): readonly string[] {
  const { tlsCertificate, validationContext } = secret ?? {};
  return Object.values(tlsCertificate ?? validationContext ?? {}).map(({ inlineBytes }) => textIn(inlineBytes));
}

describe('polls for secrets', () => {
  test('SDS-9: one name is one secret, opened for the proxy, and nobody keeps the answer', async () => {
    const service = await delivering();
    const node = routerNode();
    const answer = await service.poll('secrets', { node, names: [PAIR] });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await secretIn(answer), [first.certificate, first.key]);
    assert.deepEqual(await secretIn(await service.poll('secrets', { node, names: [TRUST] })), [authority.certificate]);
  });

  test('STO-9: no blob that was stored for it has anything of a key', async () => {
    const blobs = memoryBlobs();
    const written: string[] = [];
    const service = await delivering(MESH, {
      blobs: {
        ...blobs,
        putAll: (all) => {
          written.push(...all.map((bytes) => new TextDecoder().decode(bytes)));
          return blobs.putAll(all);
        },
      },
    });
    await service.poll('secrets', { node: routerNode(), names: [PAIR] });
    assert.ok(written.some((text) => text.includes(PAIR)));
    for (const text of [first.key, Buffer.from(first.key).toString('base64'), 'PRIVATE KEY']) {
      assert.ok(written.every((blob) => !blob.includes(text.trim())));
    }
  });

  test('STO-9: who looks at what a proxy was given sees that there is a key, and not the key', async () => {
    const service = await delivering();
    const node = routerNode();
    await service.poll('secrets', { node, names: [PAIR] });
    const dump = await service.proxies(new Request(`http://x/v1/proxies/${encodeURIComponent(node.id)}/config-dump`));
    const text = await dump.text();
    assert.match(text, /"privateKey":\s*\{\s*"inlineBytes":\s*"\[masked\]"/);
    assert.ok(!text.includes(Buffer.from(first.key).toString('base64')));
  });

  test('STO-9: render masks keys unless it is told not to', () => {
    const how = { node: { type: 'router', namespace: 'edge', ips: ['10.0.0.1'] }, defaultNamespace: 'default' };
    const rendered = (showsSecrets: boolean): string => JSON.stringify(renderText(MESH, { ...how, showsSecrets }));
    const key = Buffer.from(first.key).toString('base64');
    assert.deepEqual([rendered(false).includes(key), rendered(true).includes(key)], [false, true]);
    assert.ok(rendered(false).includes(Buffer.from(first.certificate).toString('base64')));
  });

  test('DLV-1: a secret that did not change is not sent again, and no box is asked', async () => {
    let opened = 0;
    const inner = memorySecretBox();
    const box: SecretBox = { ...inner, open: (text, place) => ((opened += 1), inner.open(text, place)) };
    const service = await delivering(MESH, { box });
    const node = routerNode();
    const { version_info: version } = await sentIn(await service.poll('secrets', { node, names: [PAIR] }));
    const before = opened;
    assert.equal((await service.poll('secrets', { node, names: [PAIR], version })).status, 304);
    const other = routerNode('edge', {}, 'other');
    await sentIn(await service.poll('secrets', { node: other, names: [PAIR] }));
    assert.equal(opened, before, 'TC-9: what was opened for one proxy is there for the next');
  });

  test('SDS-10, TC-6, TC-10: a new certificate is sent, and nothing else', async () => {
    const service = await delivering();
    const node = routerNode();
    const version = async (path: string, names: readonly string[] = []): Promise<string> =>
      (await sentIn(await service.poll(path, { node, names }))).version_info;
    const [clusters, listeners] = [await version('clusters'), await version('listeners')];
    const [pair, trust] = [await version('secrets', [PAIR]), await version('secrets', [TRUST])];
    await service.store(gateway() + ROOTS + pairSecret('c', second, 'edge'));
    const rotated = await service.poll('secrets', { node, names: [PAIR], version: pair });
    assert.deepEqual(await secretIn(rotated), [second.certificate, second.key]);
    assert.equal((await service.poll('secrets', { node, names: [TRUST], version: trust })).status, 304);
    assert.equal((await service.poll('clusters', { node, version: clusters })).status, 304);
    assert.equal((await service.poll('listeners', { node, version: listeners })).status, 304);
  });

  test('TC-6: a Secret with a certificate and roots is sent under both names', async () => {
    const whole = (roots: string): string =>
      gateway() + secretOf('c', { 'tls.crt': first.certificate, 'tls.key': first.key, 'ca.crt': roots }, 'edge');
    const service = await delivering(whole(authority.certificate));
    const node = routerNode();
    const sent = await sentIn(await service.poll('secrets', { node, names: [TRUST] }));
    const other = testAuthority('others').certificate;
    await service.store(whole(other));
    const after = await service.poll('secrets', { node, names: [TRUST], version: sent.version_info });
    assert.deepEqual(await secretIn(after), [other]);
  });

  test('TC-12: a secret that is deleted stays with the proxy that has it, and a new one gets nothing', async () => {
    const service = await delivering();
    const node = routerNode();
    await sentIn(await service.poll('clusters', { node }));
    const { version_info: version } = await sentIn(await service.poll('secrets', { node, names: [PAIR] }));
    await service.store(gateway() + ROOTS);
    assert.equal((await service.poll('secrets', { node, names: [PAIR], version })).status, 304);
    const fresh = await service.poll('secrets', { node: routerNode('edge', {}, 'new'), names: [PAIR] });
    assert.deepEqual((await sentIn(fresh)).resources, []);
  });

  test('SDS-5: a name that nobody has is answered with nothing, and counted', async () => {
    const service = await delivering();
    const node = routerNode();
    for (let round = 0; round < 3; round += 1) {
      const answer = await service.poll('secrets', { node, names: ['kubernetes://none'] });
      assert.deepEqual((await sentIn(answer)).resources, []);
    }
    const { text } = await service.ports.metrics.print();
    assert.match(text, /^pilot_sds_certificate_errors_total 3$/m);
  });
});

describe('SDS-3, IDN-4: who gets nothing', () => {
  /** The proxy gets nothing under that name, by polls of either form. */
  const nothing = async (service: TestDelivery, node: object, name: string): Promise<void> => {
    const answer = await service.poll('secrets', { node, names: [name] });
    assert.deepEqual((await sentIn(answer)).resources, [], name);
    const delta = await service.delta('secrets', { node, resource_names_subscribe: [name] });
    assert.equal(delta.status, 304, `${name}: a client that has nothing has all that it may have`);
  };

  const nothingAtAll = async (service: TestDelivery, node: object): Promise<void> => {
    await nothing(service, node, PAIR);
    await nothing(service, node, TRUST);
    await nothing(service, node, '*');
  };

  test('a proxy that proves nothing, where nodes are not believed', async () => {
    const service = await delivering(MESH, { believesNodes: false });
    await nothingAtAll(service, routerNode());
    const many = await service.delta('', {
      node: routerNode(),
      requests: [{ type_url: SECRET_TYPE, resource_names_subscribe: ['*'] }],
    });
    assert.equal(many.status, 304);
  });

  test('a proxy of another namespace, by whatever name', async () => {
    const service = await delivering(MESH + gateway('far', 'kubernetes://edge/c'));
    for (const name of [PAIR, 'kubernetes://edge/c', 'kubernetes-gateway://edge/c', 'kubernetes://edge/c-cacert']) {
      await nothing(service, routerNode('far'), name);
    }
    await nothingAtAll(service, routerNode('far'));
  });

  test('a proxy of the namespace whose Gateways do not name it', async () => {
    const service = await delivering(ROOTS + pairSecret('c', first, 'edge'));
    await nothingAtAll(service, routerNode());
  });

  /** What the proxies of the namespace alone may call: snapshots of two namespaces come in an order. */
  const OWN_CLUSTER = document({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'own', namespace: 'edge' },
    spec: {
      hosts: ['own.example'],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'DNS',
      exportTo: ['.'],
    },
  });

  test('who polls under the id of another proxy, as somebody else', async () => {
    const service = await delivering(MESH + OWN_CLUSTER);
    const victim = routerNode();
    await sentIn(await service.poll('clusters', { node: victim }));
    await sentIn(await service.poll('listeners', { node: victim }));
    await sentIn(await service.poll('secrets', { node: victim, names: [PAIR] }));
    await nothingAtAll(service, { ...victim, metadata: { ...victim.metadata, NAMESPACE: 'far' } });
  });

  test('who does so after a poll whose answer is in no order', async () => {
    const service = await delivering(MESH + OWN_CLUSTER);
    const victim = routerNode();
    await sentIn(await service.poll('clusters', { node: victim }));
    await sentIn(await service.poll('listeners', { node: victim }));
    const other = { ...victim, metadata: { ...victim.metadata, NAMESPACE: 'far' } };
    await deltaIn(await service.delta('clusters', { node: other, resource_names_subscribe: ['*'] }));
    await nothingAtAll(service, other);
  });

  test('an account that no grant names', async () => {
    const granted = { metadata: { name: 'g', namespace: 'edge' }, spec: { serviceAccounts: ['edge'] } };
    const service = await delivering(
      MESH + document({ apiVersion: 'pilotless.dev/v1', kind: 'SecretGrant', ...granted }),
    );
    await nothing(service, routerNode('edge', { SERVICE_ACCOUNT: 'other' }, 'other'), PAIR);
    const edge = routerNode('edge', { SERVICE_ACCOUNT: 'edge' }, 'edge');
    assert.deepEqual(await secretIn(await service.poll('secrets', { node: edge, names: [PAIR] })), [
      first.certificate,
      first.key,
    ]);
    // The same id as somebody else: what is known of the first is none of his.
    await nothing(service, { ...edge, metadata: { ...edge.metadata, SERVICE_ACCOUNT: 'other' } }, PAIR);
  });
});

const SECRET_TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

describe('delta polls for secrets', () => {
  const ask = { node: routerNode(), resource_names_subscribe: ['*'] };
  const changed = ({ resources }: DeltaAnswerBody): readonly string[] => resources.map(({ name }) => name);

  test('SDS-10: what changed, and no more', async () => {
    const service = await delivering();
    const answer = await service.delta('secrets', ask);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const all = await deltaIn(answer);
    assert.deepEqual(changed(all), [PAIR, TRUST]);
    assert.deepEqual(valuesIn(all.resources[0]?.resource as Sent), [first.certificate, first.key]);
    await service.store(gateway() + ROOTS + pairSecret('c', second, 'edge'));
    const next = await deltaIn(await service.delta('secrets', { ...ask, response_nonce: all.nonce }));
    assert.deepEqual(changed(next), [PAIR]);
    assert.deepEqual(valuesIn(next.resources[0]?.resource as Sent), [second.certificate, second.key]);
    assert.equal((await service.delta('secrets', { ...ask, response_nonce: next.nonce })).status, 304);
  });

  test('SNAP-3: many types in one poll, secrets among them', async () => {
    const service = await delivering();
    const types = ['envoy.config.listener.v3.Listener', 'envoy.extensions.transport_sockets.tls.v3.Secret'];
    const requests = types.map((type) => ({
      type_url: `type.googleapis.com/${type}`,
      resource_names_subscribe: ['*'],
    }));
    const answer = await service.delta('', { node: routerNode(), requests });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { responses } = (await answer.json()) as { readonly responses: readonly DeltaAnswerBody[] };
    assert.deepEqual(responses.map(changed), [['0.0.0.0_8443'], [PAIR, TRUST]]);
  });
});

test('SNAP-1: a snapshot whose listeners name a secret that nobody has is published, and the others are served', async () => {
  const service = await delivering(MESH + gateway('edge', 'none').replace('"gw"', '"gw2"').replace('8443', '9443'));
  const { resources } = await sentIn(await service.poll('listeners', { node: routerNode() }));
  assert.deepEqual(resources.map(({ name }) => name).sort(), ['0.0.0.0_8443', '0.0.0.0_9443']);
  const { resources: secrets } = await sentIn(await service.poll('secrets', { node: routerNode(), names: [PAIR] }));
  assert.equal(secrets.length, 1);
});
