import { createServer, get, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LocalOptions, type LocalService, startLocal } from '../../functions/local.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { NOWHERE } from '../../lib/base/locality.ts';
import { bootstrap, type BootstrapRequest } from '../../lib/control/offline/bootstrap.ts';
import { sidecarNode } from './delivery.ts';

/** A service of its own for one test, in memory unless a directory is given. */
export function startService(
  dataDirectory?: string,
  settings: Pick<LocalOptions, 'fetchAllow'> = {},
): Promise<LocalService> {
  return startLocal({
    ...settings,
    host: '127.0.0.1',
    port: 0,
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    version: 'test',
    logTo: { write: () => undefined },
    logLevel: 'error',
  });
}

/** The bootstrap of a sidecar in namespace `default` that polls a server as fast as is allowed. */
export function bootstrapFor(server: string, changes: Partial<BootstrapRequest> = {}): object {
  const made = bootstrap({
    id: 'client',
    type: 'sidecar',
    namespace: 'default',
    ip: '127.0.0.1',
    labels: {},
    serviceAccount: '',
    identityDirectory: '',
    locality: NOWHERE,
    network: '',
    clusterId: '',
    interception: 'none',
    adminPort: 0,
    refresh: durationMs(1000),
    metadata: {},
    server: new URL(server),
    caFile: '/etc/ssl/certs/ca-certificates.crt',
    ...changes,
  });
  if (!made.ok) throw new Error(JSON.stringify(made.issues));
  return made.value;
}

/** Applies documents and answers the new revision; throws with the answer when they are refused. */
export async function apply(server: string, yaml: string): Promise<number> {
  const answer = await fetch(`${server}/v1/apply`, { method: 'POST', body: yaml });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`apply: ${answer.status} ${body}`);
  return (JSON.parse(body) as { revision: number }).revision;
}

/** Polls for clusters as the sidecar `client.default`, which has a version already or none. */
export async function poll(server: string, version = ''): Promise<Response> {
  const body = JSON.stringify({ version_info: version, node: sidecarNode });
  return fetch(`${server}/v3/discovery:clusters`, { method: 'POST', body });
}

/** A small HTTP server on loopback; what it answers is the test's. */
export interface TinyServer {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function tinyServer(answer: RequestListener): Promise<TinyServer> {
  const server = createServer(answer);
  // A server that ends connections at rest meets requests that are on their way to it: a failure that is nobody's under test.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A backend that answers every request with its own name. */
export function backend(name: string): Promise<TinyServer> {
  return tinyServer((_request, response) => response.end(name));
}

/** What came back of a request. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request to a port on loopback under another host name, which `fetch` does not allow. */
export function requestTo(
  port: number,
  asked: { readonly host: string; readonly path?: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<Answer> {
  const { host, path = '/', headers = {} } = asked;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { ...headers, host }, agent: false };
    const request = get(options, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    request.on('error', reject);
  });
}

/** The same for the path `/`. */
export function callAs(host: string, port: number, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return requestTo(port, { host, headers });
}
