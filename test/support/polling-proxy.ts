import { waitUntil } from '../../tools/support/wait-until.ts';
import { type DiscoveryAnswer, sentIn } from './delivery.ts';

/** A proxy that polls for clusters and listeners when it is told to, and remembers what it took. */
export interface PollingProxy {
  /** Polls until it has the newest of everything. */
  readonly settle: () => Promise<void>;
  /** Polls until it is sent new clusters, and goes on with those that it had: as an Envoy does that refuses. */
  readonly refuse: () => Promise<void>;
}

export interface PollingProxyOptions {
  readonly name: string;
  readonly namespace: string;
  readonly type?: 'sidecar' | 'router';
  readonly labels?: Readonly<Record<string, string>>;
  readonly address?: string;
}

const BUILD_TIMEOUT_MS = 20_000;
const PATHS = ['clusters', 'listeners'] as const;

export function pollingProxy(server: string, options: PollingProxyOptions): PollingProxy {
  const { name, namespace, type = 'sidecar', labels = {}, address = '10.0.0.9' } = options;
  const node = {
    id: `${type}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: `${name}.${namespace}`,
    metadata: { NAMESPACE: namespace, INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: '60s', LABELS: labels },
  };
  const taken = new Map<string, string>();
  const poll = async (path: string): Promise<DiscoveryAnswer | undefined> => {
    const body = JSON.stringify({ version_info: taken.get(path) ?? '', node });
    const answer = await fetch(`${server}/v3/discovery:${path}`, { method: 'POST', body });
    return answer.status === 304 ? undefined : sentIn(answer);
  };
  return {
    async settle() {
      for (const path of PATHS) {
        for (let sent = await poll(path); sent; sent = await poll(path)) taken.set(path, sent.version_info);
      }
    },
    async refuse() {
      const timing = { what: 'there are new clusters', timeoutMs: BUILD_TIMEOUT_MS };
      await waitUntil(async () => (await poll('clusters')) !== undefined, timing);
      for (let again = 0; again < 2; again += 1) await poll('clusters');
    },
  };
}
