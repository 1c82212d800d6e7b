import { get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LocalService } from '../../functions/local.ts';
import type { BootstrapRequest } from '../../lib/control/offline/bootstrap.ts';
import type { ProxyStatus } from '../../lib/control/status/proxy-status.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { bootstrapFor, startService } from './local-mesh.ts';
import { quickPolls, withQuickPolls } from './quick-polls.ts';

const DELAY = '0.1s';

/** A service of its own, and a real Envoy that polls it as the sidecar `client.default` with the label `app: client`, or as the node says. */
export interface SidecarMesh {
  readonly envoy: RunningEnvoy;
  /** Makes the documents all that there is, and waits until the Envoy has what follows from them. */
  readonly become: (documents: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startSidecarMesh(
  documents: readonly string[],
  node: Partial<BootstrapRequest> = { labels: { app: 'client' } },
  settings: Parameters<typeof startService>[1] = {},
): Promise<SidecarMesh> {
  const service = await startService(undefined, settings);
  const polls = await quickPolls(service.url, DELAY);
  await replaceAll(service, documents);
  const bootstrap = bootstrapFor(polls.url, node);
  const envoy = await startEnvoy({ bootstrap: withQuickPolls(bootstrap, DELAY) });
  await envoy.ready(20_000);
  return {
    envoy,
    async become(wanted) {
      const revision = await replaceAll(service, wanted);
      let newest: ProxyStatus | undefined;
      const isThere = async (): Promise<boolean> => {
        newest = (await (await fetch(`${service.url}/v1/proxies/client.default`)).json()) as ProxyStatus;
        return newest.status === 'SYNCED' && newest.revision >= revision;
      };
      const detail = (): string => JSON.stringify(newest, undefined, 1) + envoy.logs();
      await waitUntil(isThere, { what: `the Envoy has revision ${revision}`, timeoutMs: 30_000, detail });
    },
    async stop() {
      await envoy.stop();
      await polls.stop();
      await service.stop();
    },
  };
}

/** Everything that a test applies has the label `of: test`, so that an apply takes away what it no longer says. */
async function replaceAll({ url }: LocalService, documents: readonly string[]): Promise<number> {
  const query = `prune=${encodeURIComponent('of=test')}`;
  const answer = await fetch(`${url}/v1/apply?${query}`, { method: 'POST', body: documents.join('\n---\n') });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`apply: ${answer.status} ${body}`);
  return (JSON.parse(body) as { revision: number }).revision;
}

export interface EntryDocument {
  readonly host: string;
  readonly namespace?: string;
  /** By number: its protocol, and the port on loopback that answers. */
  readonly ports: Readonly<Record<number, readonly [protocol: string, backend: number]>>;
}

export function entry({ host, namespace = 'default', ports }: EntryDocument): string {
  const listed = Object.entries(ports).map(
    ([number, [protocol]]) => `{ number: ${number}, name: p${number}, protocol: ${protocol} }`,
  );
  const backends = Object.entries(ports).map(([number, [, backend]]) => `p${number}: ${backend}`);
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host.split('.')[0] ?? ''}, namespace: ${namespace}, labels: { of: test } }
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [${listed.join(', ')}]
  endpoints: [{ address: 127.0.0.1, ports: { ${backends.join(', ')} } }]`;
}

export function sidecar(spec: string, name = 'default'): string {
  return `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: ${name}, namespace: default, labels: { of: test } }
spec: ${spec}`;
}

/** Where a listener of the Envoy is: an address and a port, or the path of a unix socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** The body of an answer with 200, else its status, else why the connection was refused. */
export function ask(place: Place, host: string, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ ...place, path, headers: { host }, agent: false }, (answer) => {
      const isOk = answer.statusCode === 200;
      text(answer).then((body) => resolve(isOk ? body : `status ${answer.statusCode}`), reject);
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** The first line that answers bytes that are no HTTP. */
export async function sendLine(place: Place, line: string): Promise<string> {
  const socket = connect({ ...('port' in place ? place : { path: place.socketPath }) });
  socket.write(`${line}\r\n\r\n`);
  const [first = ''] = (await text(socket)).split('\r\n');
  return first;
}
