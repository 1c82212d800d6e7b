import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Issue } from '../../lib/base/issue.ts';
import { documentKind, type Kind, kinds, preferredApiVersion } from '../../lib/resources/kinds.ts';
import { parseDocument } from '../../lib/resources/parse-document.ts';

/** A document of a kind in namespace `ns`, as somebody might write it. */
export function documentOf(kind: Kind, spec: object, metadata: object = {}): Readonly<Record<string, unknown>> {
  const frame = {
    apiVersion: preferredApiVersion(kind),
    kind: documentKind(kind),
    metadata: { name: 'test', ...metadata },
  };
  return kinds[kind].body === 'root' ? { ...frame, ...spec } : { ...frame, spec };
}

/** What is said of a document: `error spec.host: …`, one text per issue. */
export function findingsOf(kind: Kind, spec: object, metadata: object = {}): readonly string[] {
  return textsOf(parseDocument(documentOf(kind, spec, metadata), { defaultNamespace: 'ns' }).issues);
}

export const textsOf = (issues: readonly Issue[]): readonly string[] =>
  issues.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);

/**
 * One row of a table: the rule, a body, and the start of what is said of it (severity, path and the rule's phrase), or `fine`
 * when it has no errors.
 */
export type FindingRow = readonly [rule: string, spec: object, expected: string, metadata?: object];

/** One test for each row of a table about a kind. */
export function testFindings(kind: Kind, rows: readonly FindingRow[]): void {
  for (const [rule, spec, expected, metadata] of rows) {
    const what = expected === 'fine' ? `${JSON.stringify(spec).slice(0, 100)} is fine` : expected;
    test(`${rule}: ${what}`, () => {
      const said = findingsOf(kind, spec, metadata);
      const isSaid = said.some((text) => text.startsWith(expected));
      const isFine = expected === 'fine' && !said.some((text) => text.startsWith('error'));
      assert.ok(isSaid || isFine, said.join('\n') || 'nothing was said');
    });
  }
}
