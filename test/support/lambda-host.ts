import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { httpEvent } from './lambda-events.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** The front door of the functions: what a function URL and the routes of an HTTP API do between a client and a handler. */
export interface LambdaHost {
  readonly url: string;
  stop(): Promise<void>;
}

/** What Lambda carries in one event or one result; a larger one is refused by the front door. */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** Listens on loopback and hands every request to the function that `route` names for its path. */
export async function lambdaHost(route: (path: string) => LambdaFunction): Promise<LambdaHost> {
  const server = createServer((request, response) => {
    answer(route, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  route: (path: string) => LambdaFunction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const event = eventOf(request, await bodyOf(request));
  if (Buffer.byteLength(JSON.stringify(event)) > PAYLOAD_LIMIT_BYTES) {
    response.writeHead(413).end('{"message":"Request Entity Too Large"}');
    return;
  }
  try {
    const result = (await route(event.rawPath).invoke(event)) as APIGatewayProxyStructuredResultV2;
    if (Buffer.byteLength(JSON.stringify(result)) > PAYLOAD_LIMIT_BYTES)
      throw new RangeError('the result is too large');
    writeResult(response, result);
  } catch {
    response.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"Internal Server Error"}');
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Only what these types announce goes into the event as it is. */
const isText = (contentType: string): boolean => /^(text\/|application\/(json|javascript|xml)\b)/.test(contentType);

function eventOf(request: IncomingMessage, bytes: Buffer): ReturnType<typeof httpEvent> {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const isBase64Encoded = bytes.length > 0 && !isText(request.headers['content-type'] ?? '');
  const headers = Object.entries(request.headersDistinct).map(
    ([name, values = []]) => [name, values.join(',')] as const,
  );
  return httpEvent({
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: Object.fromEntries(headers),
    isBase64Encoded,
    ...(bytes.length === 0 ? {} : { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') }),
  });
}

function writeResult(response: ServerResponse, result: APIGatewayProxyStructuredResultV2): void {
  if (typeof result?.statusCode !== 'number') throw new TypeError('the result names no status');
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8');
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  response.writeHead(result.statusCode, Object.fromEntries(headers));
  response.end(body);
}
