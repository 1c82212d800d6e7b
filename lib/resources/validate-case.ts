import type { Issue } from '../base/issue.ts';
import { meshCaseIssues } from './mesh-case.ts';
import { parseDocument } from './parse-document.ts';

/** One line of `validate --cases`: an object under a name. Other members are ignored, but for `validator`. */
interface ValidationCase {
  readonly name?: unknown;
  readonly object?: unknown;
  /** What the object is when it is no document of its own: a MeshConfig, ProxyConfig or MeshNetworks. */
  readonly validator?: unknown;
}

/** What is said of a case; `errors` and `warnings` are sentences that begin with the path they are about. */
export interface CaseVerdict {
  readonly name: string;
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Judges the object of one case as admission would, without what is only not carried out yet. Objects of such cases need
 * not have a name; one is put in its place.
 */
export function validateCase(line: unknown): CaseVerdict {
  const { name, object, validator } = (typeof line === 'object' && line !== null ? line : {}) as ValidationCase;
  const issues =
    meshCaseIssues(object, validator) ?? parseDocument(named(object), { defaultNamespace: 'default' }).issues;
  const errors = textsOf(issues, 'error');
  return {
    name: typeof name === 'string' ? name : '',
    valid: errors.length === 0,
    errors,
    warnings: textsOf(issues, 'warning'),
  };
}

function named(object: unknown): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return object;
  const { metadata } = object as { readonly metadata?: unknown };
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null)) return object;
  return { ...object, metadata: { name: 'unnamed', ...metadata } };
}

const textsOf = (issues: readonly Issue[], severity: Issue['severity']): readonly string[] =>
  issues
    .filter((issue) => issue.severity === severity)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
