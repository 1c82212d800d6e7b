import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { sentIn, serviceEntry } from '../support/delivery.ts';
import { apply, startService } from '../support/local-mesh.ts';
import { seededRandom } from '../support/seeded-random.ts';

const PROXIES = 50;
const REFRESH_MS = 1_000;
const HOST = 'reviews.default.svc.cluster.local';
const LOOPS = [
  ['clusters', []],
  ['endpoints', [`outbound|80||${HOST}`]],
  ['listeners', []],
] as const;
/** A slow machine answers late; the bound of the product is two refresh times. */
const PATIENCE_MS = 30_000;

interface Proxy {
  /** What its loop for endpoints was sent last. */
  endpoints: string;
  readonly polls: Promise<unknown>;
}

/** A proxy as Envoy polls: a loop for each type, each at random between one and two refresh times after its last answer. */
function startProxy(server: string, index: number, signal: AbortSignal): Proxy {
  const node = {
    id: `sidecar~10.0.1.${index}~client-${index}.default~default.svc.cluster.local`,
    cluster: 'client.default',
    metadata: { NAMESPACE: 'default', INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: `${REFRESH_MS / 1000}s` },
  };
  const random = seededRandom(index);
  const loop = async (path: string, names: readonly string[]): Promise<void> => {
    for (let version = ''; !signal.aborted;) {
      const body = JSON.stringify({ version_info: version, node, resource_names: names });
      const answer = await fetch(`${server}/v3/discovery:${path}`, { method: 'POST', body });
      if (answer.status === 200) {
        const sent = await sentIn(answer);
        version = sent.version_info;
        if (path === 'endpoints') proxy.endpoints = JSON.stringify(sent.resources);
      } else assert.equal(answer.status, 304, await answer.text());
      await delay(REFRESH_MS * (1 + random.fraction()), undefined, { signal }).catch(() => undefined);
    }
  };
  const proxy: Proxy = {
    endpoints: '',
    get polls() {
      return polls;
    },
  };
  const polls = Promise.all(LOOPS.map(([path, names]) => loop(path, names)));
  return proxy;
}

test('VIEW-2: fifty equal proxies share one view, and all of them follow a change', async (t) => {
  const service = await startService();
  t.after(() => service.stop());
  await apply(service.url, serviceEntry(HOST, '10.0.0.1'));
  const stop = new AbortController();
  const proxies = Array.from({ length: PROXIES }, (_, index) => startProxy(service.url, index, stop.signal));
  const followed = async (address: string): Promise<void> => {
    const isThere = (): boolean => proxies.every(({ endpoints }) => endpoints.includes(address));
    await waitUntil(isThere, { what: `all have ${address}`, timeoutMs: PATIENCE_MS });
  };
  try {
    await followed('"10.0.0.1"');
    await apply(service.url, serviceEntry(HOST, '10.0.0.2'));
    await followed('"10.0.0.2"');
    const { views } = (await (await fetch(`${service.url}/v1/views`)).json()) as {
      readonly views: readonly { readonly proxies: number }[];
    };
    assert.deepEqual(
      views.map((view) => view.proxies),
      [PROXIES],
    );
  } finally {
    stop.abort();
    await Promise.all(proxies.map(({ polls }) => polls));
  }
});
