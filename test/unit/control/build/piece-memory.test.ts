import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PieceKind } from '../../../../lib/base/stage-memory.ts';
import { pieceMemory } from '../../../../lib/control/build/piece-memory.ts';
import { StalePiece } from '../../../../lib/control/build/verify-piece.ts';
import { viewKey } from '../../../../lib/view/view-facts.ts';
import { viewFactsOf } from '../../../support/proxy-view.ts';
import { cacheToken, disabledCache } from '../../../../lib/control/build/xds-cache.ts';

interface Argument {
  readonly service: { readonly host: string };
  readonly port: number;
}

const kind: PieceKind<Argument, { readonly name: string }> = {
  name: 'named',
  type: 'clusters',
  make: ({ service, port }) => ({ name: `${service.host}:${port}` }),
  configs: ({ service }) => [`ServiceEntry/default/${service.host}`],
};
const build = { startedAt: cacheToken(1) };
const view = viewKey(viewFactsOf());

test('XC-12, BLD-3: equal arguments share one piece, whichever objects hold them', () => {
  const pieces = pieceMemory();
  const memory = pieces.forBuild(build, view);
  const first = memory.piece(kind, { service: { host: 'a' }, port: 80 });
  assert.equal(memory.piece(kind, { service: { host: 'a' }, port: 80 }), first);
  assert.deepEqual(pieces.counts(), { named: { hits: 1, misses: 1 } });
});

test('XC-12: arguments that differ in any member never share', () => {
  const memory = pieceMemory().forBuild(build, view);
  const arguments_ = [
    { service: { host: 'a' }, port: 80 },
    { service: { host: 'a' }, port: 81 },
    { service: { host: 'b' }, port: 80 },
  ];
  const names = arguments_.map((argument) => memory.piece(kind, argument).name);
  assert.deepEqual(names, ['a:80', 'a:81', 'b:80']);
});

test('XC-12: two kinds never share, whatever their arguments', () => {
  const memory = pieceMemory().forBuild(build, view);
  const other = { ...kind, name: 'other', make: () => ({ name: 'other' }) };
  const argument = { service: { host: 'a' }, port: 80 };
  assert.equal(memory.piece(kind, argument).name, 'a:80');
  assert.equal(memory.piece(other, argument).name, 'other');
});

test('BLD-3: combined values are made once for the same pieces in the same order', () => {
  const memory = pieceMemory().forBuild(build, view);
  const [a, b] = ['a', 'b'].map((host) => memory.piece(kind, { service: { host }, port: 80 }));
  assert.ok(a && b);
  const names = (items: readonly { readonly name: string }[]): readonly string[] =>
    memory.combined('names', items, (all) => all.map(({ name }) => name));
  assert.equal(names([a, b]), names([a, b]));
  assert.deepEqual(names([b, a]), ['b:80', 'a:80']);
});

test('BLD-3: of equal values the first one stands for all', () => {
  const memory = pieceMemory().forBuild(build, view);
  const first = { host: 'a', labels: { x: '1', y: '2' } };
  memory.same(first);
  assert.equal(memory.same({ labels: { y: '2', x: '1' }, host: 'a' }), first);
});

test('XC-2: what a build of an older revision makes is not kept', () => {
  const pieces = pieceMemory();
  const argument = { service: { host: 'a' }, port: 80 };
  pieces.forBuild({ startedAt: cacheToken(5) }, view).piece(kind, { ...argument, port: 1 });
  const late = pieces.forBuild({ startedAt: cacheToken(4) }, view);
  assert.notEqual(late.piece(kind, argument), late.piece(kind, argument));
});

test('XC-7: what was remembered is made anew after everything was cleared', () => {
  const pieces = pieceMemory();
  const argument = { service: { host: 'a' }, port: 80 };
  const before = pieces.forBuild(build, view).piece(kind, argument);
  pieces.clearAll(cacheToken(1));
  assert.notEqual(pieces.forBuild(build, view).piece(kind, argument), before);
});

test('XC-10: with the disabled cache every piece is made where it is asked for', () => {
  const pieces = pieceMemory({ cache: disabledCache() });
  const memory = pieces.forBuild(build, view);
  for (const port of [80, 80]) memory.piece(kind, { service: { host: 'a' }, port });
  assert.deepEqual(pieces.counts(), { named: { hits: 0, misses: 2 } });
});

test('XC-15: a kind that looks at more than its argument is caught', () => {
  let outside = 'one';
  const leaky = { ...kind, name: 'leaky', make: () => ({ name: outside }) };
  const memory = pieceMemory({ verifiesHits: true }).forBuild(build, view);
  const argument = { service: { host: 'a' }, port: 80 };
  memory.piece(leaky, argument);
  memory.piece(leaky, argument);
  outside = 'two';
  assert.throws(() => memory.piece(leaky, argument), StalePiece);
});

test('BLD-3: a list of pieces is that of the last build where its arguments have the same members, and made anew where not', () => {
  const pieces = pieceMemory({ verifiesHits: true });
  const [a, b, c] = ['a', 'b', 'c'].map((host) => ({ service: { host }, port: 80 }));
  assert.ok(a && b && c);
  const before = pieces.forBuild(build, view).pieces(kind, [a, b]);
  const after = pieces.forBuild({ startedAt: cacheToken(2) }, view).pieces(kind, [{ ...a }, c]);
  assert.equal(after[0], before[0]);
  assert.deepEqual(after[1], { name: 'c:80' });
  assert.deepEqual(pieces.counts(), { named: { hits: 1, misses: 3 } });
});

test('BLD-3: what is derived of an object is made once while it lives', () => {
  const memory = pieceMemory({ verifiesHits: true }).forBuild(build, view);
  const source = { host: 'a' };
  const derive = (): { readonly name: string } => memory.derived('name', source, ({ host }) => ({ name: host }));
  assert.equal(derive(), derive());
});
