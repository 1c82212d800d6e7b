import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The four processes of the example, as plain HTTP servers without any knowledge of a mesh. */
export interface BookshopApps {
  readonly ports: Readonly<Record<'frontend' | 'reviewsV1' | 'reviewsV2' | 'ratings', number>>;
  readonly stop: () => Promise<void>;
}

/** Where an app finds its sidecar: the loopback ports on which the reviews and the ratings answer. */
export interface SidecarPorts {
  readonly reviews: number;
  readonly ratings: number;
}

export async function startBookshopApps(sidecars: SidecarPorts): Promise<BookshopApps> {
  const ratings = await serve(() => Promise.resolve({ stars: 5 }));
  const reviews = (version: string): Promise<Server> =>
    serve(async () => ({ reviews: version, ...(await ask(sidecars.ratings, 'ratings.ratings.svc.cluster.local')) }));
  const [v1, v2] = await Promise.all([reviews('v1'), reviews('v2')]);
  const frontend = await serve(async () => ({
    page: 'bookshop',
    ...(await ask(sidecars.reviews, 'reviews.reviews.svc.cluster.local')),
  }));
  const servers = [frontend, v1, v2, ratings];
  return {
    ports: { frontend: portOf(frontend), reviewsV1: portOf(v1), reviewsV2: portOf(v2), ratings: portOf(ratings) },
    stop: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

/** Answers every request with JSON; an app whose own call failed answers 502, so that a broken hop is never hidden. */
async function serve(answer: () => Promise<object>): Promise<Server> {
  const server = createServer((_request, response) => {
    answer().then(
      (body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(502).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Calls another service as any app would: by its name, through the sidecar on loopback. */
async function ask(sidecarPort: number, host: string): Promise<object> {
  const options = { host: '127.0.0.1', port: sidecarPort, path: '/', headers: { host }, timeout: 5_000 };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(options, resolve);
    request.on('error', reject).on('timeout', () => request.destroy(new Error(`${host} did not answer in 5 s`)));
  });
  const body = await textOf(response);
  if (response.statusCode !== 200) throw new Error(`${host} answered ${String(response.statusCode)} ${body}`);
  return JSON.parse(body) as object;
}

export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return text;
}
