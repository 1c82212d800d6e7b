import type { DurationMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { type BuildOutcome, builtAtOf, newestBuild } from '../build/build-outcome.ts';
import { readBody } from '../api/read-body.ts';
import { configDump, dumpedTypes } from './config-dump.ts';
import { explainProxy, readQuestion } from './explain-proxy.ts';
import { type Actor, anybody } from '../identity/rights.ts';
import { jsonResponse } from '../http/json-response.ts';
import type { ProxyState } from '../polls/proxy-state.ts';
import type { ProxyStates } from '../polls/proxy-states.ts';
import { propagation, tookRevision } from './propagation.ts';
import { namesOf } from './proxy-names.ts';
import { scopeOfProxy } from './proxy-scope.ts';
import { type ProxyStatus, proxyStatus, type StatusInput } from './proxy-status.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import type { Worlds } from '../build/worlds.ts';
import { type ReadStatusInput, statusReader } from './status-input.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import { type Suspect, suspectDocuments } from './suspect-documents.ts';
import type { StoredReports } from './view-report.ts';

export interface ProxiesPorts {
  readonly records: Pick<Records, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly states: ProxyStates;
  readonly reports: StoredReports;
  readonly worlds: Pick<Worlds, 'recent' | 'newest'>;
  /** How old what is known of a proxy's last poll may be (DLV-6); 0 where this process hears every poll. */
  readonly slack: DurationMs;
}

/**
 * `GET /v1/proxies[?namespace=NS]`, `GET /v1/proxies/ID`, `GET /v1/proxies/ID/config-dump[?types=cds,eds]`,
 * `GET /v1/proxies/ID/names[?format=hosts]`, `GET /v1/proxies/ID/scope[?host=HOST]` and `POST /v1/proxies/ID/explain`, with the
 * whole node id or its third part, `name.namespace`.
 */
export function proxiesApi(given: ProxiesPorts): ProxiesHandler {
  const ports = { ...given, read: statusReader(given) };
  return async (request, { rights } = anybody('')) => {
    const { pathname, searchParams } = new URL(request.url);
    const [, encodedId, part] =
      /^\/v1\/proxies(?:\/(.+?)(?:\/(config-dump|names|scope|explain))?)?$/.exec(pathname) ?? [];
    const method = part === 'explain' ? 'POST' : 'GET';
    if (request.method !== method) {
      return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: `use ${method}` });
    }
    const [states, build] = await Promise.all([ports.states.all(), newestBuild(ports.records)]);
    if (encodedId === undefined) {
      const namespace = searchParams.get('namespace');
      const shown = namespace === null ? states : states.filter(({ facts }) => facts.namespace === namespace);
      return list(ports, shown, build);
    }
    const id = decodedId(encodedId);
    const state = states.find(({ facts }) => facts.id === id) ?? states.find(({ facts }) => shortId(facts.id) === id);
    // PS-6: of whose namespace it is nothing is said, either: it is as if it had never polled.
    if (!state || !(rights.isReader || rights.dumpsOf.has(state.facts.namespace))) return notFound(id);
    if (part === 'config-dump') return dumpOf(ports, state, searchParams.get('types') ?? '');
    if (part === 'names') return namesOf(ports.worlds, state.facts, searchParams.get('format'));
    if (part === 'scope') return scopeOfProxy(ports.worlds, state, searchParams.get('host'));
    if (part === 'explain') return explained(ports, state, request);
    return jsonResponse(200, await statusFor(ports, state, build));
  };
}

/** Without somebody who asks everything is told: whoever serves it to others says who asks. */
type ProxiesHandler = (request: Request, actor?: Actor) => Promise<Response>;

interface ShownProxy extends ProxyStatus {
  /** What may be why it did not take a version, and whose that is. */
  readonly suspects?: readonly Suspect[];
}

interface StatusPorts extends ProxiesPorts {
  readonly read: ReadStatusInput;
}

/** What the proxy is served now (PS-7); nothing where its view has no snapshot. */
async function dumpOf({ heads, snapshots }: StatusPorts, state: ProxyState, types: string): Promise<Response> {
  const wanted = dumpedTypes(types);
  if (wanted === undefined) {
    return jsonResponse(400, { code: 'INVALID_QUERY', message: 'types are cds, eds, lds, rds, sds and ecds' });
  }
  const head = (await heads.look(state.viewKey)).stored?.record;
  if (head === undefined) return jsonResponse(200, { configs: [] });
  return jsonResponse(200, await configDump(snapshots, await snapshots.manifest(head.manifest), wanted));
}

/** The largest question that is read, in bytes: a request with its headers. */
const MAX_QUESTION = 65_536;

async function explained({ worlds }: StatusPorts, { facts, viewKey }: ProxyState, request: Request): Promise<Response> {
  const body = await readBody(request, MAX_QUESTION);
  if (!body.ok) {
    const { status, code, message } = body;
    return jsonResponse(status, { code, message: status === 413 ? 'a question has at most 64 KB' : message });
  }
  const question = readQuestion(body.text);
  if (typeof question === 'string') return jsonResponse(400, { code: 'INVALID_QUESTION', message: question });
  const world = await worlds.newest();
  const explanation = explainProxy(world, facts, question);
  if (typeof explanation === 'string') return jsonResponse(400, { code: 'INVALID_QUESTION', message: explanation });
  return jsonResponse(200, { proxy: facts.id, view: viewKey, revision: world.revision, ...explanation });
}

async function statusFor(ports: StatusPorts, state: ProxyState, build: BuildOutcome | undefined): Promise<ShownProxy> {
  return shownFrom(ports, await ports.read(state, build));
}

async function shownFrom({ reports }: StatusPorts, input: StatusInput): Promise<ShownProxy> {
  const suspects = await suspectDocuments(reports, input);
  return { ...proxyStatus(input), ...(suspects.length > 0 && { suspects }) };
}

async function list(
  ports: StatusPorts,
  states: readonly ProxyState[],
  build: BuildOutcome | undefined,
): Promise<Response> {
  const inputs = await Promise.all(states.map((state) => ports.read(state, build)));
  const proxies = await Promise.all(inputs.map((input) => shownFrom(ports, input)));
  const revision = build?.revision ?? 0;
  const took = inputs.flatMap((input) => tookRevision(input, revision));
  return jsonResponse(200, {
    revision,
    buildFailed: build?.buildFailed ?? false,
    propagation: propagation({ revision, builtAt: build && builtAtOf(build, revision) }, took),
    proxies: proxies.sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
}

const shortId = (nodeId: string): string => nodeId.split('~')[2] ?? nodeId;

function notFound(what: string): Response {
  return jsonResponse(404, { code: 'NOT_FOUND', message: `no proxy ${what} has polled within the last day` });
}

function decodedId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all
  }
}
