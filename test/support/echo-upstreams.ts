import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server that stands for a cluster saw of a request. */
export interface Echo {
  readonly cluster: string;
  /** Nothing where what came was no HTTP. */
  readonly host?: string;
  readonly path?: string;
  /** Which call it was, by the header `CALL_HEADER`. */
  readonly call?: string;
}

/** Carries the number of a call to the servers, so that copies of it are told apart. */
export const CALL_HEADER = 'x-test-call';

/** Servers on loopback, one for each cluster, that answer with an `Echo`. */
export interface EchoUpstreams {
  readonly portOf: (cluster: string) => number;
  /** Everything that came, copies that nobody waits for among it. */
  readonly received: readonly Echo[];
  readonly stop: () => Promise<void>;
}

export async function startEchoUpstreams(clusters: readonly string[]): Promise<EchoUpstreams> {
  const received: Echo[] = [];
  const note = (echo: Echo): string => {
    received.push(echo);
    return JSON.stringify(echo);
  };
  const servers = clusters.map((cluster) =>
    createServer((request, response) => answer(request, response, { cluster, note }))
      // The first bytes of a TLS client are no HTTP: whoever passed them on did not look into them.
      .on('clientError', (_error, socket) => socket.end(note({ cluster }))),
  );
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = new Map(servers.map((server, index) => [clusters[index], (server.address() as AddressInfo).port]));
  return {
    portOf: (cluster) => ports.get(cluster) ?? missing(cluster),
    received,
    stop: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { cluster, note }: { readonly cluster: string; readonly note: (echo: Echo) => string },
): void {
  const { host = '', [CALL_HEADER]: call } = request.headers;
  const echo = { cluster, host, path: request.url ?? '', ...(typeof call === 'string' && { call }) };
  request.resume();
  response.setHeader('x-test-echo', 'yes').end(note(echo));
}

function missing(cluster: string): never {
  throw new Error(`no server stands for ${cluster}`);
}
