import { durationMs, type EpochMs } from '../../base/brand.ts';
import { isMembers } from '../../base/members.ts';
import { readCertificate } from '../../base/certificates.ts';
import { printTimestamp } from '../../base/timestamp.ts';
import type { Log } from '../../ports/log.ts';
import type { WorkloadIdentity } from '../identity/caller.ts';
import { problem } from '../api/problem.ts';
import { readBody } from '../api/read-body.ts';
import { jsonResponse } from '../http/json-response.ts';
import type { Actor } from '../identity/rights.ts';
import {
  AUTHORITY_PATH,
  isAuthorityPath,
  JOIN_TOKENS_PATH,
  ROTATION_PATH,
  TRUST_BUNDLE_PATH,
} from './authority-paths.ts';
import { type AuthorityState, nextRoot, signerOf } from './authority-state.ts';
import type { IssuerSource } from './issuer.ts';
import { type JoinTokenPorts, LONGEST_TOKEN_TTL, makeJoinToken, USUAL_TOKEN_TTL } from './join-tokens.ts';
import type { OwnRoots } from './own-roots.ts';

export interface AuthorityApiPorts {
  /** Absent where an authority is plugged in: nothing of it is rotated here. */
  readonly roots?: OwnRoots;
  readonly issuer: IssuerSource;
  readonly joinTokens: JoinTokenPorts;
  readonly bundleOf: (roots: readonly string[]) => Promise<readonly string[]>;
  readonly log: Log;
}

const BODY_LIMIT_BYTES = 16 * 1024;

/**
 * `GET /v1/trust-bundle`: whom workloads believe, in PEM. `GET /v1/authority`: its roots and what becomes of them. `POST /v1/authority/rotation
 * {"distrust": true}`: the next root, or one that takes the place of all others at once. `POST /v1/join-tokens {namespace, serviceAccount,
 * ttl}`: a token for one certificate; `ttl` in seconds.
 */
export function authorityApi(ports: AuthorityApiPorts): AuthorityHandler {
  const routes: Readonly<Record<string, AuthorityHandler>> = {
    [`GET ${TRUST_BUNDLE_PATH}`]: async () => {
      const bundle = await ports.bundleOf((await ports.issuer.current()).roots);
      return new Response(bundle.join(''), { headers: { 'content-type': 'application/x-pem-file' } });
    },
    [`GET ${AUTHORITY_PATH}`]: async () => jsonResponse(200, await shown(ports)),
    [`POST ${ROTATION_PATH}`]: forAdministrators((request, who) => rotate(ports, request, who)),
    [`POST ${JOIN_TOKENS_PATH}`]: forAdministrators((request, who) => joinToken(ports, request, who)),
  };
  return async (request, actor) => {
    const { pathname } = new URL(request.url);
    const route = routes[`${request.method === 'HEAD' ? 'GET' : request.method} ${pathname}`];
    if (route) return route(request, actor);
    if (!isAuthorityPath(pathname)) return problem(404, { code: 'NOT_FOUND', message: `nothing is at ${pathname}` });
    const other = request.method === 'POST' ? 'GET' : 'POST';
    return problem(405, { code: 'METHOD_NOT_ALLOWED', message: `use ${other}` });
  };
}

/** Told who asks, where that was found out. */
type AuthorityHandler = (request: Request, actor?: Actor) => Promise<Response>;

/** Who makes tokens can be any workload, and who replaces roots can stop all of them. */
function forAdministrators(handler: (request: Request, who: Actor) => Promise<Response>): AuthorityHandler {
  return async (request, actor) => {
    if (actor?.rights.edits === 'everything') return handler(request, actor);
    return problem(403, {
      code: 'FORBIDDEN',
      message: 'only an administrator may do this; roles are in the access file',
    });
  };
}

interface ShownRoot {
  readonly sha256: string;
  readonly state: 'signs' | 'next' | 'believed';
  readonly notAfter: string;
  readonly since?: string;
  readonly believedUntil?: string;
}

async function shown({ roots, issuer }: AuthorityApiPorts): Promise<{ readonly roots: readonly ShownRoot[] }> {
  if (roots) return stateShown((await roots.read()) ?? (await roots.rotate()));
  const { roots: plugged } = await issuer.current();
  return {
    roots: plugged.flatMap((pem) => {
      const facts = readCertificate(pem)?.facts;
      return facts ? [{ sha256: facts.sha256, state: 'believed' as const, notAfter: facts.notAfter }] : [];
    }),
  };
}

function stateShown(state: AuthorityState): { readonly roots: readonly ShownRoot[] } {
  const [signer, next] = [signerOf(state)?.id, nextRoot(state)?.id];
  return {
    roots: state.roots.map(({ id, notAfter, since, until }) => ({
      sha256: id,
      state: id === signer ? 'signs' : id === next ? 'next' : 'believed',
      ...{ notAfter: printTimestamp(notAfter), since: printTimestamp(since) },
      ...(until !== undefined && { believedUntil: printTimestamp(until) }),
    })),
  };
}

async function rotate({ roots, log }: AuthorityApiPorts, request: Request, who: Actor): Promise<Response> {
  if (!roots) {
    const message = 'an authority is plugged in: it is rotated where it comes from';
    return problem(409, { code: 'PLUGGED_IN', message });
  }
  const body = await jsonBody(request);
  if (body instanceof Response) return body;
  const isDistrusted = body['distrust'] === true;
  log.warn('rotation-asked-for', { who: who.name, from: who.from, distrust: isDistrusted });
  const state = isDistrusted ? await roots.distrust() : await roots.rotate({ isWanted: true });
  return jsonResponse(200, stateShown(state));
}

async function joinToken({ joinTokens, log }: AuthorityApiPorts, request: Request, who: Actor): Promise<Response> {
  const body = await jsonBody(request);
  if (body instanceof Response) return body;
  const { namespace, serviceAccount, ttl = USUAL_TOKEN_TTL / 1000 } = body;
  if (!isName(namespace, NAMESPACE) || !isName(serviceAccount, ACCOUNT)) {
    const message = 'namespace and serviceAccount are the bare names of whom the token is for';
    return problem(400, { code: 'INVALID_VALUE', message });
  }
  if (typeof ttl !== 'number' || !(ttl > 0) || ttl * 1000 > LONGEST_TOKEN_TTL) {
    const message = `ttl is a number of seconds from 1 to ${LONGEST_TOKEN_TTL / 1000}`;
    return problem(400, { code: 'INVALID_VALUE', message });
  }
  const workload: WorkloadIdentity = { namespace, serviceAccount };
  const made = await makeJoinToken(joinTokens, { workload, ttl: durationMs(ttl * 1000) });
  const expiresAt = printTimestamp(made.expiresAt satisfies EpochMs);
  log.info('join-token-made', { namespace, serviceAccount, expiresAt, who: who.name, from: who.from });
  const response = jsonResponse(201, { token: made.token, namespace, serviceAccount, expiresAt });
  response.headers.set('cache-control', 'no-store');
  return response;
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const ACCOUNT = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const isName = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

/** The members of a body, which may be left out; the answer to one that cannot be read. */
async function jsonBody(request: Request): Promise<Readonly<Record<string, unknown>> | Response> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  if (!body.ok) return problem(body.status, body);
  try {
    const value: unknown = body.text.trim() === '' ? {} : JSON.parse(body.text);
    if (isMembers(value)) return value;
  } catch {
    // told below
  }
  return problem(400, { code: 'INVALID_JSON', message: 'the body is no JSON object' });
}
