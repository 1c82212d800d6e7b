import { createServer } from 'node:net';

/**
 * A TCP port of the loopback interface that was free a moment ago. Another process may take it before it is used, so
 * prefer to let the server itself listen on port 0 where it can say which port it got.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the probe has no port'));
        else resolve(address.port);
      });
    });
  });
}
