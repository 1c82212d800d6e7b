// What no control plane on Node can beat: a server that reads the whole body, answers 304 to everything, and thinks nothing.
// With arguments, files, it answers 200 with the bytes of one instead: the first to `/` or `/0`, the next to `/1`, and so on.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const bodies = process.argv.slice(2).map((file) => readFileSync(file));

const server = createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => {
    const body = bodies[Number((request.url ?? '/').slice(1) || 0)];
    if (body === undefined) response.writeHead(304).end();
    else response.writeHead(200, { 'content-type': 'application/json', 'x-pilotless': '1' }).end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
