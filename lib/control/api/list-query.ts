import { type LabelSelector, parseLabelSelector } from '../../base/label-selector.ts';
import type { ListCursor } from '../config/read-objects.ts';

/** The options of a list or a watch, as its query says them. */
export interface ListQuery {
  readonly labels: LabelSelector;
  readonly isWanted: (namespace: string, name: string) => boolean;
  readonly limit?: number;
  readonly cursor?: ListCursor;
}

export type ReadQuery<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Reads `labelSelector`, `fieldSelector`, `limit` and `continue`. */
export function readListQuery(query: URLSearchParams): ReadQuery<ListQuery> {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if (!labels.ok) return { ok: false, message: labels.issues.map(({ message }) => message).join('; ') };
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  if (!fields.ok) return fields;
  const limit = readCount(query, 'limit');
  if (!limit.ok) return limit;
  const token = query.get('continue') ?? '';
  const cursor = token === '' ? undefined : parseCursor(token);
  if (token !== '' && !cursor) return { ok: false, message: 'the continue token is none that this service gave out' };
  return {
    ok: true,
    value: {
      labels: labels.value,
      isWanted: fields.value,
      ...(limit.value && { limit: limit.value }),
      ...(cursor && { cursor }),
    },
  };
}

/** A whole number from 0 in a query; 0 and absent mean the same to Kubernetes' clients. */
export function readCount(query: URLSearchParams, name: string): ReadQuery<number | undefined> {
  const text = query.get(name);
  if (text === null || text === '') return { ok: true, value: undefined };
  if (!/^\d{1,15}$/.test(text)) return { ok: false, message: `${name} is a whole number from 0, not "${text}"` };
  return { ok: true, value: Number(text) };
}

/** True for `dryRun=All`; every other value but none is refused, as a write must not happen by a typing error. */
export function readDryRun(query: URLSearchParams): ReadQuery<boolean> {
  const values = query.getAll('dryRun').filter((value) => value !== '');
  const stray = values.find((value) => value !== 'All');
  return stray === undefined
    ? { ok: true, value: values.length > 0 }
    : { ok: false, message: `dryRun is All or absent, not "${stray}"` };
}

export const printCursor = ({ revision, after }: ListCursor): string => btoa(JSON.stringify([revision, after]));

function parseCursor(token: string): ListCursor | undefined {
  try {
    const [revision, after] = JSON.parse(atob(token)) as [unknown, unknown];
    return Number.isSafeInteger(revision) && typeof after === 'string'
      ? { revision: revision as number, after }
      : undefined;
  } catch {
    // Not ours; the caller says so.
    return undefined;
  }
}

/** `metadata.name=x,metadata.namespace!=y`: the two fields by which Kubernetes selects every kind. */
function parseFieldSelector(text: string): ReadQuery<ListQuery['isWanted']> {
  const checks: ListQuery['isWanted'][] = [];
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [, field, sign, wanted = ''] = /^\s*metadata\.(name|namespace)\s*(==|=|!=)\s*(\S*)\s*$/.exec(part) ?? [];
    if (field === undefined) {
      const message = `field selector "${part}" is not supported; use metadata.name or metadata.namespace with =, == or !=`;
      return { ok: false, message };
    }
    const isEqual = (namespace: string, name: string) => (field === 'name' ? name : namespace) === wanted;
    checks.push(sign === '!=' ? (namespace, name) => !isEqual(namespace, name) : isEqual);
  }
  return { ok: true, value: (namespace, name) => checks.every((check) => check(namespace, name)) };
}
