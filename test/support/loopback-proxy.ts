import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { isIpAddress } from '../../lib/base/ip-address.ts';
import type { EnvoyResource } from '../../lib/envoy/envoy-resource.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { CALL_HEADER, type Echo, type EchoUpstreams, startEchoUpstreams } from './echo-upstreams.ts';
import { ENTRY, type LoggedCall, loopbackBootstrap, openedAddresses } from './loopback-bootstrap.ts';
import type { Outcome } from '../../lib/explain/call-outcome.ts';
import type { Call, Request } from '../../lib/explain/request.ts';
import { requestOf } from './traffic.ts';

/** A real Envoy that runs a proxy's resources on loopback, and answers calls. */
export interface LoopbackProxy {
  /** Sends a call and says what became of it, but for copies; one call goes to one cluster, so `clusters` is not among it. */
  readonly observe: (call: Call) => Promise<Outcome>;
  /**
   * Holds the copies of the last call against their shares in percent: those of a hundred must come, though later than the
   * answer; no cluster without a share may ever have got one.
   */
  readonly assertCopies: (shares: Readonly<Record<string, number>>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** An address that no listener has: from the range for documentation. */
const ELSEWHERE = '192.0.2.1';

export async function startLoopbackProxy(resources: readonly EnvoyResource[]): Promise<LoopbackProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotless-calls-'));
  const accessLog = join(directory, 'access.log');
  const upstreams = await startEchoUpstreams(
    resources.filter(({ type }) => type === 'clusters').map(({ name }) => name),
  );
  const bootstrap = loopbackBootstrap(resources, { portOf: upstreams.portOf, accessLog });
  const envoy = await startEnvoy({ bootstrap, args: ['--file-flush-interval-msec', '5'] });
  const stop = async (): Promise<void> => {
    await Promise.all([envoy.stop(), upstreams.stop()]);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await envoy.ready();
    const lines = (): readonly LoggedCall[] => readLines(accessLog);
    const ports = await boundPorts(envoy);
    return { ...caller({ ports, opened: openedAddresses(resources), lines, upstreams, logs: envoy.logs }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  /** By listener, of those that are bound. */
  readonly ports: ReadonlyMap<string, number>;
  /** Where the proxy would listen itself. */
  readonly opened: ReadonlySet<string>;
  readonly lines: () => readonly LoggedCall[];
  readonly upstreams: EchoUpstreams;
  readonly logs: () => string;
}

function caller(running: Running): Omit<LoopbackProxy, 'stop'> {
  let calls = 0;
  let last: { readonly id: string; readonly answer: Answer | undefined } | undefined;
  return {
    observe: async (call) => {
      calls += 1;
      const id = String(calls);
      const asked = requestOf(call);
      const socket = await connection(call, asked.port, running);
      const clientPort = socket.localPort;
      const isPlain = asked.scheme === 'http';
      const answer = isPlain ? await exchange(socket, asked, id) : await greet(socket, asked.host);
      last = { id, answer };
      socket.destroy();
      return outcomeOf(await loggedLine(running, clientPort, answer !== undefined), answer);
    },
    assertCopies: async (shares) => {
      const copies = (): readonly string[] => copiesOf(running.upstreams, last?.id, last?.answer?.echo);
      const sure = Object.keys(shares).filter((cluster) => shares[cluster] === 100);
      await waitUntil(() => sure.every((cluster) => copies().includes(cluster)), {
        what: `copies reach ${sure.join(' and ')}`,
        timeoutMs: 10_000,
        detail: running.logs,
      });
      const strays = copies().filter((cluster) => shares[cluster] === undefined);
      assert.deepEqual(strays, [], 'clusters that got copies nobody asked for');
    },
  };
}

/** Connects as one whose connection was redirected if it is to be, and says by the PROXY protocol where it was going. */
async function connection(call: Call, asked: number, { ports, opened }: Running): Promise<Socket> {
  const { to, direction = 'outbound' } = call;
  const { address = ELSEWHERE, port = asked } = to ?? {};
  const redirectedTo = direction === 'inbound' ? 'virtualInbound' : 'virtualOutbound';
  const listener = opened.has(`${direction} ${address}:${port}`) ? ENTRY : redirectedTo;
  const socket = connect(ports.get(listener) ?? ports.get(ENTRY) ?? 0, '127.0.0.1');
  await once(socket, 'connect');
  const family = address.includes(':') ? 'TCP6 2001:db8::2' : 'TCP4 192.0.2.2';
  socket.write(`PROXY ${family} ${address} 50000 ${port}\r\n`);
  return socket;
}

/** What a call was answered with, by the proxy itself or by a server behind it. */
interface Answer {
  readonly status?: number;
  readonly location?: string | undefined;
  readonly echo?: Echo;
}

/** Sends a plain request; nothing where the connection ends without an answer. */
async function exchange(socket: Socket, asked: Request, id: string): Promise<Answer | undefined> {
  const pseudo = ([name]: [string, string]): boolean => name.startsWith(':');
  const headers = Object.fromEntries(Object.entries(asked.headers).filter((header) => !pseudo(header)));
  const sent = httpRequest({
    createConnection: () => socket,
    method: asked.method,
    path: asked.target,
    headers: { ...headers, host: asked.authority, [CALL_HEADER]: id },
  }).end();
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const body = await text(response);
    if (response.headers['x-test-echo'] !== undefined) return { echo: JSON.parse(body) as Echo };
    return { status: response.statusCode ?? 0, location: response.headers.location };
  } catch {
    return undefined; // the proxy has closed the connection; its log says why
  }
}

/** Sends the first bytes of a TLS client, which say which name it asks for; whoever looks no further answers in plain text. */
async function greet(socket: Socket, serverName: string): Promise<Answer | undefined> {
  const [first] = await Promise.all([firstBytes(socket), clientHello(serverName).then((hello) => socket.write(hello))]);
  if (first === undefined) return undefined;
  const status = /^HTTP\/1\.1 (\d+)/.exec(first)?.[1];
  return status === undefined ? { echo: JSON.parse(first) as Echo } : { status: Number(status) };
}

/** Nothing where the connection ends without an answer; the log of the proxy says why. */
const firstBytes = (socket: Socket): Promise<string | undefined> =>
  new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    socket
      .once('data', (bytes) => resolve(bytes.toString('utf8')))
      .once('end', nothing)
      .once('error', nothing);
  });

function clientHello(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read: () => undefined, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket, ...(isIpAddress(servername) ? {} : { servername }) });
  });
}

/** The line of what handled the call; where nobody answered, that of the connection will do. */
async function loggedLine({ lines, logs }: Running, clientPort: number | undefined, isAnswered: boolean) {
  const ofCall = (): readonly LoggedCall[] => lines().filter((line) => line.clientPort === clientPort);
  const handled = (): LoggedCall | undefined => ofCall().findLast(({ ended }) => ended !== true);
  await waitUntil(() => handled() !== undefined || (!isAnswered && ofCall().length > 0), {
    what: 'the proxy notes a call in its access log',
    timeoutMs: 10_000,
    detail: logs,
  });
  return handled() ?? ofCall().at(-1);
}

function outcomeOf(line: LoggedCall | undefined, answer: Answer | undefined): Outcome {
  const { listener, chain, routes, virtualHost, route, cluster } = line ?? {};
  if (listener === undefined) return {};
  const bytes = { listener, ...(chain && { chain }), ...(cluster && { cluster }) };
  if (routes === undefined) return bytes;
  const { status, location, echo } = answer ?? {};
  return {
    ...bytes,
    routes,
    ...(virtualHost && { virtualHost }),
    ...(route && { route }),
    ...(status !== undefined && { status }),
    ...(location !== undefined && { location }),
    ...(echo?.host !== undefined && { host: echo.host }),
    ...(echo?.path !== undefined && { path: echo.path }),
  };
}

/** Clusters that got a call, but for the one that answered it. */
function copiesOf({ received }: EchoUpstreams, id: string | undefined, answered: Echo | undefined): readonly string[] {
  return received
    .filter((echo) => echo.call === id && echo.cluster !== answered?.cluster)
    .map(({ cluster }) => cluster);
}

async function boundPorts(envoy: RunningEnvoy): Promise<ReadonlyMap<string, number>> {
  const answer = JSON.parse(await envoy.admin('/listeners?format=json')) as {
    readonly listener_statuses: readonly {
      readonly name: string;
      /** A unix socket has no port. */
      readonly local_address: { readonly socket_address?: { readonly port_value: number } };
    }[];
  };
  return new Map(
    answer.listener_statuses.map(({ name, local_address }) => [name, local_address.socket_address?.port_value ?? 0]),
  );
}

/** Whole lines only: the last one may still be on its way. */
function readLines(file: string): readonly LoggedCall[] {
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as LoggedCall);
}
