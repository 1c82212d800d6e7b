import { compile } from '../../compile/compile.ts';
import { explainCall, type Explained } from '../../explain/explain-call.ts';
import { explainView } from '../../explain/explain-view.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { type Call, readRequest, type Request } from '../../explain/request.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { VisibleService } from '../../view/proxy-view.ts';
import { viewFacts } from '../../view/view-facts.ts';
import type { WorldAt } from '../build/worlds.ts';

/** What `POST /v1/proxies/ID/explain` is asked, in its body. */
export interface ExplainQuestion {
  /** `GET http://host:port/path`; without one the question is what the proxy is given at all. */
  readonly request?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the connection went before it was redirected, if that is not what the host stands for. */
  readonly to?: { readonly address?: string; readonly port?: number };
  readonly direction?: 'inbound' | 'outbound';
}

/** Reads the body of a question, empty for all of it; a text says what is wrong. */
export function readQuestion(text: string): ExplainQuestion | string {
  if (text.trim() === '') return {};
  const body = parsed(text);
  if (!isRecord(body)) return 'the body is no JSON object; send {"request": "GET http://host:port/path"}';
  const { request, headers, to, direction, ...unknown } = body;
  const [other] = Object.keys(unknown);
  if (other !== undefined) return `${other} is not understood; the body has request, headers, to and direction`;
  if (request !== undefined && typeof request !== 'string')
    return 'request is no text such as GET http://host:port/path';
  if (headers !== undefined && !isTexts(headers)) return 'headers is no object of texts';
  if (to !== undefined && !isPlace(to)) return 'to is no object with an address, a port between 1 and 65535, or both';
  if (direction !== undefined && direction !== 'inbound' && direction !== 'outbound') {
    return 'direction is inbound or outbound';
  }
  return {
    ...(request !== undefined && { request }),
    ...(headers !== undefined && { headers }),
    ...(to !== undefined && { to }),
    ...(direction !== undefined && { direction }),
  };
}

/** Explains one proxy by the newest configuration, which it may not have yet; a text says why the question has no answer. */
export function explainProxy(at: WorldAt, facts: ProxyFacts, question: ExplainQuestion): Explanation | string {
  const explained = explainedIn(at, facts);
  const { request: line, ...rest } = question;
  if (line === undefined) return explainView(explained);
  const call: Call = { call: line, ...rest };
  const request = readRequest(call);
  if (request === undefined) return `"${line}" is no request; write METHOD http://host:port/path`;
  return explainCall(explained, toItsService(explained, call, request), request);
}

function explainedIn({ world, issues }: WorldAt, facts: ProxyFacts): Explained {
  const view = buildProxyView(world, viewFacts(world, facts));
  const ir = compile(view.value);
  return { world, view: view.value, ir: ir.value, issues: [...issues, ...view.issues, ...ir.issues] };
}

/** A client connects to the first address that its host stands for, or to the proxy where nothing is redirected. */
function toItsService({ view }: Explained, call: Call, { host, port }: Request): Call {
  if (call.to?.address !== undefined || call.direction === 'inbound' || view.gateway !== undefined) return call;
  const { interception, ipFamily } = view.facts;
  const address =
    interception === 'none' ? (ipFamily === 'v6' ? '::1' : '127.0.0.1') : firstAddress(view.services, host);
  return address === undefined ? call : { ...call, to: { address, port: call.to?.port ?? port } };
}

function firstAddress(services: readonly VisibleService[], host: string): string | undefined {
  const meant = services.find(
    ({ service: { hostname, addresses }, aliases }) =>
      hostname === host || hostname.startsWith(`${host}.`) || aliases.includes(host) || addresses.includes(host),
  );
  return meant?.service.addresses.find((each) => !each.includes('/'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // said as what it is not
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((each) => typeof each === 'string');

function isPlace(value: unknown): value is NonNullable<ExplainQuestion['to']> {
  if (!isRecord(value)) return false;
  const { address, port, ...unknown } = value;
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  return (
    Object.keys(unknown).length === 0 &&
    (address === undefined || typeof address === 'string') &&
    (port === undefined || isPort)
  );
}
