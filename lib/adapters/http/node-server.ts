import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Sender } from '../../base/sender.ts';
import { senderOf } from './sender-of.ts';
import { readTlsFiles, type TlsFiles, watchTlsFiles } from './tls-files.ts';
import { bodyTooLarge, toRequest } from './node-request.ts';
import { answerPlain, isPlain, type PlainRoute } from './plain-exchange.ts';
import { writeResponse } from './node-response.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Answers every request. What it throws is answered with 500 and given to `onError`. */
  readonly handler: (request: Request, sender: Sender) => Promise<Response>;
  /** Answers some of them without making fetch-style values, just as `handler` would. */
  readonly plain?: PlainRoute;
  readonly onError: (error: unknown) => void;
  /** The largest body of a request in bytes; a larger one is answered with 413. */
  readonly maxBodyBytes: number;
  /** Absent serves in plain text. */
  readonly tls?: TlsFiles;
  /** Told when the files of TLS were changed: with the reason where they cannot be used. */
  readonly onTlsFiles?: (problem: unknown) => void;
}

/** A listening HTTP server. */
export interface HttpServer {
  /** `http://127.0.0.1:8080`, or `https` */
  readonly url: string;
  /** Takes nothing new, lets what is under way end within the time, then cuts what is left. */
  close(drainMs: number): Promise<void>;
}

/** A client that sends its headers or its body slower than this has no use for the answer. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than two of Envoy's usual poll times, so that its connection is still there for the next poll. */
const KEEP_ALIVE_MS = 75_000;
const SWEEP_MS = 50;

/** One loop of `node:http` around a fetch-style handler. Rejects when the address cannot be had (`EADDRINUSE`, `EACCES`). */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const { server, stopWatching } = created(options);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', (message, response) => void answer(options, message, response));
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    close: (drainMs) => {
      stopWatching();
      return close(server, drainMs);
    },
  };
}

const TIMEOUTS = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };

/** Clients are asked for a certificate where some are believed; who comes without may prove it otherwise. */
function created({ tls, onTlsFiles = () => undefined }: ServeOptions): { server: Server; stopWatching: () => void } {
  if (!tls) return { server: createPlainServer(TIMEOUTS), stopWatching: () => undefined };
  const asks = { requestCert: tls.clientAuthorities !== undefined, rejectUnauthorized: false };
  const server: TlsServer = createTlsServer({ ...TIMEOUTS, ...asks, ...readTlsFiles(tls) });
  const stopWatching = watchTlsFiles(tls, {
    onReloaded: (context) => {
      server.setSecureContext(context);
      onTlsFiles(undefined);
    },
    onUnusable: onTlsFiles,
  });
  return { server, stopWatching };
}

async function answer(options: ServeOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { maxBodyBytes, plain } = options;
  const body = { isTooLarge: false };
  try {
    if (plain && isPlain(message, plain.prefix, maxBodyBytes)) return await answerPlain(plain, message, response);
    const onTooLarge = (): void => void (body.isTooLarge = true);
    const request = toRequest(message, { response, maxBodyBytes, onTooLarge });
    const answered = request instanceof Response ? request : await options.handler(request, senderOf(message));
    // A handler that met the end of a body too large may have called it a failure of its own.
    await writeResponse(response, body.isTooLarge ? bodyTooLarge(maxBodyBytes) : answered, message.method);
    if (request instanceof Request) await discard(request);
  } catch (error) {
    if (!body.isTooLarge) options.onError(error);
    // Part of an answer may be out; then the broken connection is what tells the client.
    if (response.headersSent) response.destroy();
    else await writeResponse(response, body.isTooLarge ? bodyTooLarge(maxBodyBytes) : internalError(), message.method);
  }
}

/** A body that the handler did not want, a refused one say, must not stay in the way of the connection's next request. */
async function discard({ body }: Request): Promise<void> {
  if (body?.locked === false) await body.cancel();
}

function internalError(): Response {
  return Response.json({ code: 'INTERNAL', message: 'the request could not be answered' }, { status: 500 });
}

function listening(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    // A connection whose answer goes out only now stays open for the next request, which will not be taken.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
