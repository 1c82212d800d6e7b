import { waitUntil } from '../support/wait-until.ts';
import { pilotless } from './mesh.ts';

/** One proxy as `proxy-status -o json` prints it, as far as the demo looks at it. */
interface ProxyLine {
  readonly id: string;
  readonly revision?: number;
  readonly types: Readonly<Record<string, { readonly state: string }>>;
}

/** Waits until that many proxies have taken the newest revision in every type they ask for; answers that revision. */
export async function waitUntilSynced(url: string, proxies: number): Promise<number> {
  let seen: readonly ProxyLine[] = [];
  const newest = (JSON.parse(await pilotless(['history', '--server', url, '-o', 'json'])) as { revision: number }[])[0];
  const revision = newest?.revision ?? 0;
  const isSynced = async (): Promise<boolean> => {
    seen = JSON.parse(await pilotless(['proxy-status', '--server', url, '-o', 'json'])) as ProxyLine[];
    return seen.filter((proxy) => isCurrent(proxy, revision)).length >= proxies;
  };
  await waitUntil(isSynced, {
    what: 'the proxies are SYNCED',
    timeoutMs: 30_000,
    detail: () => JSON.stringify(seen, null, 2),
  });
  return revision;
}

function isCurrent(proxy: ProxyLine, revision: number): boolean {
  const states = Object.values(proxy.types).map(({ state }) => state);
  return proxy.revision === revision && states.length > 0 && states.every((state) => state === 'SYNCED');
}
