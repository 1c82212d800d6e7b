import { type LabelSelector, parseLabelSelector } from '../../base/label-selector.ts';
import { unreachable } from '../../base/unreachable.ts';
import { applyDocuments, type ApplyOutcome } from '../config/apply-documents.ts';
import { authorOf } from '../identity/rights.ts';
import { readText } from '../config/read-text.ts';
import { readCount, readDryRun, type ReadQuery } from './list-query.ts';
import type { ObjectApi } from './object-handler.ts';
import { problem, tooManyWriters } from './problem.ts';
import { readBody } from './read-body.ts';

/** Header by which a client repeats a request whose answer it did not get (STO-5). */
const IDEMPOTENCY_HEADER = 'idempotency-key';

/**
 * `POST /v1/apply`: all documents of the body as one revision, or none. Beside the options of the contract the query may carry
 * `namespace`, for documents that say none, and `message`, for the history.
 */
export async function handleApply(api: ObjectApi, request: Request): Promise<Response> {
  const options = readOptions(request);
  if (!options.ok) return problem(400, { code: 'INVALID_QUERY', message: options.message });
  const body = await readBody(request, api.bodyLimitBytes);
  if (!body.ok) return problem(body.status, { code: body.code, message: body.message });
  const { documents, errors } = readText(body.text);
  if (documents.length + errors.length === 0) {
    return problem(400, { code: 'NO_DOCUMENTS', message: 'the body has no document to apply' });
  }
  const outcome = await applyDocuments(api.store, {
    documents,
    unreadable: errors,
    ...authorOf(api.actor),
    ...options.value,
  });
  return answerOf(outcome);
}

function answerOf(outcome: ApplyOutcome): Response {
  switch (outcome.outcome) {
    case 'applied':
      return Response.json({ revision: outcome.revision, results: outcome.results });
    case 'refused':
      return Response.json({ errors: outcome.errors }, { status: 422 });
    case 'conflict': {
      const { revision, message, errors } = outcome;
      return problem(409, { code: 'CONFLICT', message, revision, errors });
    }
    case 'forbidden':
      return problem(403, { code: 'FORBIDDEN', message: outcome.message });
    case 'contended':
      return tooManyWriters();
    default:
      return unreachable(outcome);
  }
}

interface ApplyOptions {
  readonly isDryRun: boolean;
  readonly defaultNamespace: string;
  readonly prune?: LabelSelector;
  readonly expectRevision?: number;
  readonly idempotencyKey?: string;
  readonly message?: string;
}

/** As long as a UUID with a prefix of the client's own; every commit carries the keys of the newest requests. */
const MAX_KEY_LENGTH = 128;
const MAX_MESSAGE_LENGTH = 1_024;

function readOptions(request: Request): ReadQuery<ApplyOptions> {
  const query = new URL(request.url).searchParams;
  const dryRun = readDryRun(query);
  if (!dryRun.ok) return dryRun;
  const expected = readCount(query, 'expectRevision');
  if (!expected.ok) return expected;
  const prune = readPrune(query.get('prune'));
  if (!prune.ok) return prune;
  const key = request.headers.get(IDEMPOTENCY_HEADER) ?? '';
  if (key.length > MAX_KEY_LENGTH) return refused(`an idempotency key has at most ${MAX_KEY_LENGTH} characters`);
  const message = query.get('message') ?? '';
  if (message.length > MAX_MESSAGE_LENGTH) return refused(`a message has at most ${MAX_MESSAGE_LENGTH} characters`);
  return {
    ok: true,
    value: {
      isDryRun: dryRun.value,
      defaultNamespace: query.get('namespace') || 'default',
      ...(prune.value && { prune: prune.value }),
      ...(expected.value !== undefined && { expectRevision: expected.value }),
      ...(key !== '' && { idempotencyKey: key }),
      ...(message !== '' && { message }),
    },
  };
}

/** An empty selector would select everything there is; whoever wants that says it with `delete`. */
function readPrune(text: string | null): ReadQuery<LabelSelector | undefined> {
  if (text === null) return { ok: true, value: undefined };
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) return refused(`prune: ${parsed.issues.map(({ message }) => message).join('; ')}`);
  if (parsed.value.length === 0) return refused('prune needs a label selector such as app=shop');
  return { ok: true, value: parsed.value };
}

const refused = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });
