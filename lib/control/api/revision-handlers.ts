import { unreachable } from '../../base/unreachable.ts';
import { newestState } from '../config/config-store.ts';
import { diffRevisions } from '../config/diff-revisions.ts';
import { readHistory, readRevision } from '../config/history.ts';
import { authorOf } from '../identity/rights.ts';
import { rollback } from '../config/rollback.ts';
import { readCount, readDryRun } from './list-query.ts';
import type { ObjectApi } from './object-handler.ts';
import { problem, tooManyWriters } from './problem.ts';

const DEFAULT_PAGE_REVISIONS = 50;
const MAX_PAGE_REVISIONS = 500;

/** `GET /v1/revisions?limit=&before=`: the history, newest first. */
export async function handleHistory({ store }: ObjectApi, request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const limit = readCount(query, 'limit');
  const before = readCount(query, 'before');
  if (!limit.ok) return problem(400, { code: 'INVALID_QUERY', message: limit.message });
  if (!before.ok) return problem(400, { code: 'INVALID_QUERY', message: before.message });
  const page = await readHistory(store, {
    limit: Math.min(limit.value || DEFAULT_PAGE_REVISIONS, MAX_PAGE_REVISIONS),
    ...(before.value !== undefined && { before: before.value }),
  });
  return Response.json(page);
}

/** `GET /v1/revisions/N`. */
export async function handleRevision({ store }: ObjectApi, revision: number): Promise<Response> {
  const found = await readRevision(store, revision);
  return found ? Response.json(found) : noRevision(revision, (await newestState(store)).revision);
}

/** `GET /v1/revisions/N/diff?from=M`: what N has that M has not, and the reverse; M is the one before N unless it is said. */
export async function handleDiff({ store }: ObjectApi, request: Request, revision: number): Promise<Response> {
  const from = readCount(new URL(request.url).searchParams, 'from');
  if (!from.ok) return problem(400, { code: 'INVALID_QUERY', message: from.message });
  const base = from.value ?? Math.max(0, revision - 1);
  const diff = await diffRevisions(store, { from: base, to: revision });
  if (diff.outcome === 'missing') return noRevision(diff.revision, (await newestState(store)).revision);
  return Response.json({ from: base, to: revision, changes: diff.changes });
}

/** `POST /v1/revisions/N/rollback?dryRun=All&expectRevision=M`. */
export async function handleRollback(api: ObjectApi, request: Request, revision: number): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const dryRun = readDryRun(query);
  const expected = readCount(query, 'expectRevision');
  if (!dryRun.ok) return problem(400, { code: 'INVALID_QUERY', message: dryRun.message });
  if (!expected.ok) return problem(400, { code: 'INVALID_QUERY', message: expected.message });
  const message = query.get('message') ?? '';
  const outcome = await rollback(api.store, {
    revision,
    ...authorOf(api.actor),
    isDryRun: dryRun.value,
    ...(expected.value !== undefined && { expectRevision: expected.value }),
    ...(message !== '' && { message }),
  });
  switch (outcome.outcome) {
    case 'applied':
      return Response.json({ revision: outcome.revision, results: outcome.results });
    case 'missing':
      return noRevision(revision, outcome.newest);
    case 'conflict':
      return problem(409, { code: 'CONFLICT', message: outcome.message, revision: outcome.revision });
    case 'forbidden':
      return problem(403, { code: 'FORBIDDEN', message: outcome.message });
    case 'contended':
      return tooManyWriters();
    default:
      return unreachable(outcome);
  }
}

function noRevision(revision: number, newest: number): Response {
  const known = newest === 0 ? 'nothing was applied yet' : `the newest is ${newest}`;
  return problem(404, { code: 'NO_SUCH_REVISION', message: `there is no revision ${revision}; ${known}` });
}
