import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

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

function pathOf({ rawPath, requestContext }: APIGatewayProxyEventV2): string {
  const prefix = `/${requestContext.stage}`;
  const hasStage = requestContext.stage !== '$default' && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  return hasStage ? rawPath.slice(prefix.length) || '/' : rawPath;
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined;
  return isBase64Encoded ? new Uint8Array(Buffer.from(body, 'base64')) : body;
}

/** The answer as Lambda hands it on: text as text, everything else in base64, and nothing at all for a status without a body. */
export async function resultFrom(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
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
