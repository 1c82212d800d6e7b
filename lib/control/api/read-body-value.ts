import { excessOf } from '../../resources/document-limits.ts';
import { readText } from '../config/read-text.ts';
import type { ReadQuery } from './list-query.ts';

/** The one value of a body, in JSON or YAML; `undefined` when it has no content. A list of objects is one value here. */
export function readBodyValue(text: string): ReadQuery<unknown> {
  if (text.trim() === '') return { ok: true, value: undefined };
  const json = readJson(text);
  if (json !== undefined) {
    const excess = excessOf(json);
    return excess === undefined ? { ok: true, value: json } : { ok: false, message: `the body is ${excess}` };
  }
  const { documents, errors } = readText(text);
  const [error] = errors;
  if (error) return { ok: false, message: `the body cannot be read: ${error.path}: ${error.message}` };
  const [only, ...more] = documents;
  if (more.length > 0) return { ok: false, message: 'the body has more than one document' };
  return { ok: true, value: only?.value };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Then it is YAML, or broken: the YAML reader tells, and says where.
    return undefined;
  }
}
