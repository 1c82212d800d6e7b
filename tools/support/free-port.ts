import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, one of which could take a port between the look and the use. */
const [FIRST, LAST] = [10_000, 30_000];
const MAX_ATTEMPTS = 100;

/**
 * A TCP port of the loopback interface that was free a moment ago. Another server may take it before it is used, so prefer
 * to let the server itself listen on port 0 where it can say which port it got.
 */
export const freePort = (): Promise<number> => freePorts(1);

/** The first of so many ports in a row that were all free a moment ago. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
    const all = await Promise.all(Array.from({ length: count }, (_none, index) => isFree(first + index)));
    if (all.every((free) => free)) return first;
  }
  throw new Error(`${MAX_ATTEMPTS} times there were no ${count} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
