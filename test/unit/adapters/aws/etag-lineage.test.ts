import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRefusedPut, judgeRefusedRemoval, nextEtag } from '../../../../lib/adapters/aws/etag-lineage.ts';
import { type Etag, etag } from '../../../../lib/ports/records.ts';

/** The etag after so many further writes on top of it. */
function after(start: Etag | undefined, writes: number): Etag | undefined {
  return writes === 0 ? start : after(nextEtag(start), writes - 1);
}

test('etags are never equal and stay short, however long their line', () => {
  const many = Array.from({ length: 100 }, () => nextEtag(undefined));
  assert.equal(new Set(many).size, 100);
  assert.ok((after(undefined, 50)?.length ?? 0) <= 5 * 20 + 4);
  assert.ok(nextEtag(etag('odd.'.repeat(100))).length < 200);
});

test('a refused put is judged by the line of etags that is stored', () => {
  const expected = nextEtag(undefined);
  const ours = nextEtag(expected);
  const theirs = nextEtag(expected);
  for (const [what, found, judged] of [
    ['our write is stored', ours, 'won'],
    ['others built on our write', after(ours, 4), 'won'],
    ['too many writes since to tell', after(ours, 5), 'open'],
    ['another write replaced what we expected', theirs, 'lost'],
    ['others built on that', after(theirs, 3), 'lost'],
    ['too many writes since to tell, theirs', after(theirs, 4), 'open'],
    ['the record is gone', undefined, 'open'],
    ['the record is another one by now', nextEtag(undefined), 'open'],
  ] as const) {
    assert.equal(judgeRefusedPut(ours, expected, found), judged, what);
  }
});

test('a refused creation is judged by whose line the record has', () => {
  const ours = nextEtag(undefined);
  for (const [what, found, judged] of [
    ['our record is stored', ours, 'won'],
    ['others built on our record', after(ours, 3), 'won'],
    ['another created it', nextEtag(undefined), 'lost'],
    ['another created it and others built on that', after(undefined, 4), 'lost'],
    ['too many writes since to see who created it', after(undefined, 5), 'open'],
    ['the record is gone', undefined, 'open'],
  ] as const) {
    assert.equal(judgeRefusedPut(ours, undefined, found), judged, what);
  }
});

test('a refused removal is lost if the record lives on, and open if it does not', () => {
  const expected = nextEtag(undefined);
  assert.equal(judgeRefusedRemoval(expected, after(expected, 4)), 'lost');
  assert.equal(judgeRefusedRemoval(expected, after(expected, 5)), 'open');
  assert.equal(judgeRefusedRemoval(expected, undefined), 'open');
  assert.equal(judgeRefusedRemoval(expected, nextEtag(undefined)), 'open');
});
