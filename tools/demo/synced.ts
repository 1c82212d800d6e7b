import { waitUntil } from '../support/wait-until.ts';
import { pilotless } from './mesh.ts';

/** What `proxy-status -o json` prints, as far as the demo looks at it. */
interface ProxyStatus {
  readonly revision: number;
  readonly proxies: readonly { readonly id: string; readonly status: string; readonly revision: number }[];
}

/** Waits until that many proxies have taken the newest revision in every type they ask for; answers that revision. */
export async function waitUntilSynced(url: string, proxies: number): Promise<number> {
  let seen: ProxyStatus | undefined;
  const isSynced = async (): Promise<boolean> => {
    const status = JSON.parse(await pilotless(['proxy-status', '--server', url, '-o', 'json'])) as ProxyStatus;
    seen = status;
    const current = status.proxies.filter((proxy) => proxy.revision === status.revision);
    return current.filter((proxy) => proxy.status === 'SYNCED').length >= proxies;
  };
  const detail = (): string => JSON.stringify(seen, null, 2);
  await waitUntil(isSynced, { what: 'the proxies are SYNCED', timeoutMs: 30_000, detail });
  return seen?.revision ?? 0;
}
