import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { hostsOverlap } from '../../../lib/base/host-name.ts';
import { refuseUnsupported } from '../../../lib/resources/not-yet.ts';
import { overlappingPairs } from '../../../lib/resources/overlapping-hosts.ts';
import { parseDocument } from '../../../lib/resources/parse-document.ts';
import { readDocuments } from '../../../lib/resources/read-documents.ts';
import { validateCase } from '../../../lib/resources/validate-case.ts';
import { textsOf } from '../../support/findings.ts';
import { sampleDocuments } from '../../support/sample-documents.ts';

const settings = { defaultNamespace: 'ns' };
const samples = Object.values(sampleDocuments);

/** Parses, and holds what must be true of any answer. */
function parseAnything(value: unknown): void {
  const before = JSON.stringify(value);
  const parsed = parseDocument(value, settings);
  const hasErrors = parsed.issues.some(({ severity }) => severity === 'error');
  assert.equal(parsed.ok, !hasErrors);
  for (const { code, message, path } of parsed.issues) {
    assert.match(code, /^[A-Z_]+$/);
    assert.ok(message.length > 0 && message.length <= 1001 && path.length <= 1001);
  }
  if (parsed.ok) refuseUnsupported(parsed.value);
  assert.equal(JSON.stringify(value), before, 'the document was changed');
}

const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '*',
    '~',
    '.',
    '/',
    '%',
    '\u0000',
    '\u202e',
    '\ud800',
    'a/b/c/*',
    'unix://',
    '1e999',
    '-1s',
    '9'.repeat(400),
  ),
  fc.nat(20).map((size) => '(a{999})'.repeat(size)),
);
const oddNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, 1e308, -1e308, 2 ** 53, 4_294_967_296, 65_536),
);
const oddValue = fc.oneof(
  oddText,
  oddNumber,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(oddText, fc.constant({}), fc.constant(null)), { maxLength: 3 }),
  fc.dictionary(fc.oneof(oddText, fc.constantFrom('__proto__', 'constructor', 'host', 'exact')), oddText, {
    maxKeys: 3,
  }),
);

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function replaced(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === first ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === first ? replaced(member, rest, by) : member]),
  );
}

/** A valid document with up to four of its parts replaced by anything. */
const mutated = fc
  .constantFrom(...samples)
  .chain((sample) =>
    fc
      .array(fc.tuple(fc.constantFrom(...pathsOf(sample)), oddValue), { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce<unknown>((document, [path, by]) => replaced(document, path, by), sample)),
  );

test('every sample is valid', () => {
  for (const sample of samples) {
    const parsed = parseDocument(sample, settings);
    assert.ok(parsed.ok, textsOf(parsed.issues).join('\n'));
  }
});

test('FLT-3: any mutation of a document has an answer, and a document is never changed', () => {
  fc.assert(fc.property(mutated, parseAnything), { numRuns: 2000 });
});

test('FLT-3: any JSON value has an answer', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), parseAnything), { numRuns: 300 });
  fc.assert(
    fc.property(fc.jsonValue(), (line) => void validateCase(line)),
    { numRuns: 300 },
  );
});

const yamlPiece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '\n',
    '  ',
    '- ',
    ': ',
    '---\n',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '>\n',
    '? ',
    '!!str ',
    '%',
    '#',
    '\t',
  ),
);

test('FLT-3: any text is read or refused', () => {
  const text = fc.array(yamlPiece, { maxLength: 60 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const { documents, unreadable } = readDocuments(written);
      for (const { value, lineOf } of documents) {
        assert.ok(lineOf('spec.http[0]["a"].b') >= 1);
        parseAnything(value);
      }
      for (const { line } of unreadable) assert.ok(line >= 1);
    }),
    { numRuns: 2000 },
  );
});

test('FLT-3: a cut or doubled piece of a written document is read or refused', () => {
  const place = fc.tuple(fc.constantFrom(...samples.map((sample) => stringify(sample))), fc.nat(5000), fc.nat(200));
  fc.assert(
    fc.property(place, fc.boolean(), ([text, start, length], isCut) => {
      const at = start % text.length;
      const piece = text.slice(at, at + length);
      const changed = isCut ? text.slice(0, at) + text.slice(at + length) : text.slice(0, at) + piece + text.slice(at);
      for (const { value } of readDocuments(changed).documents) parseAnything(value);
    }),
    { numRuns: 500 },
  );
});

test('what is printed is read back as it was, as YAML and as JSON', () => {
  for (const sample of samples) {
    for (const text of [stringify(sample), JSON.stringify(sample)]) {
      const [read] = readDocuments(text).documents;
      assert.deepEqual(parseDocument(read?.value, settings), parseDocument(sample, settings));
    }
  }
});

test('VS-21: a host is found to be covered exactly when one before it overlaps with it', () => {
  const label = fc.constantFrom('a', 'b', 'ab');
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const host = fc.oneof(
    name,
    name.map((text) => `*.${text}`),
    name.map((text) => `*${text}`),
    fc.constant('*'),
  );
  fc.assert(
    fc.property(fc.array(host, { maxLength: 8 }), (hosts) => {
      const covered = hosts.flatMap((own, index) =>
        hosts.slice(0, index).some((each) => hostsOverlap(each, own)) ? [index] : [],
      );
      const pairs = overlappingPairs(hosts);
      assert.deepEqual(
        pairs.map(([, second]) => second),
        covered,
      );
      for (const [first, second] of pairs) assert.ok(hostsOverlap(hosts[first] ?? '', hosts[second] ?? ''));
    }),
  );
});
