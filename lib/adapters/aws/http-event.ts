import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Sender } from '../../base/sender.ts';

/**
 * The request behind an event of an API Gateway HTTP API or a function URL (payload format 2.0). The path is the one that the
 * client sent: a stage's prefix is taken off, because the handlers do not know of stages.
 */
export function requestFrom(event: APIGatewayProxyEventV2): Request {
  const { method } = event.requestContext.http;
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, value);
  const body = bodyOf(event);
  return new Request(new URL(`http://${event.requestContext.domainName}${pathOf(event)}${query}`), {
    method,
    headers,
    ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
}

/** Who sent it, as the front door of AWS found out: whoever calls the function past it may write anything into an event. */
export function senderFrom({ requestContext }: APIGatewayProxyEventV2): Sender {
  // In the types of a request without an authorizer there is none.
  const { authorizer, http } = requestContext as typeof requestContext & {
    readonly authorizer?: { readonly iam?: { readonly userArn?: unknown } };
  };
  const iamArn = authorizer?.iam?.userArn;
  return { address: http.sourceIp, ...(typeof iamArn === 'string' && { iamArn }) };
}

function pathOf({ rawPath, requestContext }: APIGatewayProxyEventV2): string {
  const prefix = `/${requestContext.stage}`;
  const hasStage = requestContext.stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  return hasStage ? rawPath.slice(prefix.length) || '/' : rawPath;
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined;
  return isBase64Encoded ? new Uint8Array(Buffer.from(body, 'base64')) : body;
}

/** What Lambda hands on at most of an answer that is not streamed: its result as JSON, in which every quote of a text takes two bytes. */
const MAX_RESULT_BYTES = 6 * 1024 * 1024;

/** The answer as Lambda hands it on; a 503 that says what to do in place of one that Lambda would fail on. */
export async function resultFrom(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const result = await plainResult(response);
  const isShort = (result.body ?? '').length < MAX_RESULT_BYTES / 2;
  return isShort || Buffer.byteLength(JSON.stringify(result)) <= MAX_RESULT_BYTES ? result : TOO_LONG;
}

const TOO_LONG: APIGatewayProxyStructuredResultV2 = {
  statusCode: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '60' },
  body: JSON.stringify({
    code: 'ANSWER_TOO_LONG',
    message:
      'the answer is longer than the 6 MB that this front door holds; use the streaming function URL, or poll by deltas',
  }),
  isBase64Encoded: false,
};

/** Text as text, everything else in base64, and nothing at all for a status without a body. */
async function plainResult(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = Object.fromEntries(response.headers);
  // The front door counts for itself; a wrong count, of bytes before base64, would cut the answer off.
  delete headers['content-length'];
  const bytes = Buffer.from(await response.arrayBuffer());
  const result = { statusCode: response.status, headers };
  if (bytes.length === 0) return { ...result, body: '', isBase64Encoded: false };
  return isText(response.headers)
    ? { ...result, body: bytes.toString('utf8'), isBase64Encoded: false }
    : { ...result, body: bytes.toString('base64'), isBase64Encoded: true };
}

/** The answer as Lambda streams it on: what it begins with, and its body piece by piece. */
export interface StreamedResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A text for a status without a body, because every streamed answer has one. */
  readonly body: ReadableStream<Uint8Array> | '';
}

export function streamedResultFrom(response: Response): StreamedResult {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: response.body ?? '' };
}

/** Compressed text is bytes. */
const isText = (headers: Headers): boolean =>
  !headers.has('content-encoding') &&
  /^(text\/|application\/(json|yaml|[\w.+-]+\+(json|yaml)))/.test(headers.get('content-type') ?? '');
