import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PieceKind } from '../../../lib/base/stage-memory.ts';
import { pieceMemory, StalePiece } from '../../../lib/control/piece-memory.ts';
import { cacheToken, disabledCache } from '../../../lib/control/xds-cache.ts';

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

test('XC-12, BLD-3: equal arguments share one piece, whichever objects hold them', () => {
  const pieces = pieceMemory();
  const memory = pieces.forBuild(build);
  const first = memory.piece(kind, { service: { host: 'a' }, port: 80 });
  assert.equal(memory.piece(kind, { service: { host: 'a' }, port: 80 }), first);
  assert.deepEqual(pieces.counts(), { named: { hits: 1, misses: 1 } });
});

test('XC-12: arguments that differ in any member never share', () => {
  const memory = pieceMemory().forBuild(build);
  const arguments_ = [
    { service: { host: 'a' }, port: 80 },
    { service: { host: 'a' }, port: 81 },
    { service: { host: 'b' }, port: 80 },
  ];
  const names = arguments_.map((argument) => memory.piece(kind, argument).name);
  assert.deepEqual(names, ['a:80', 'a:81', 'b:80']);
});

test('XC-12: two kinds never share, whatever their arguments', () => {
  const memory = pieceMemory().forBuild(build);
  const other = { ...kind, name: 'other', make: () => ({ name: 'other' }) };
  const argument = { service: { host: 'a' }, port: 80 };
  assert.equal(memory.piece(kind, argument).name, 'a:80');
  assert.equal(memory.piece(other, argument).name, 'other');
});

test('BLD-3: combined values are made once for the same pieces in the same order', () => {
  const memory = pieceMemory().forBuild(build);
  const [a, b] = ['a', 'b'].map((host) => memory.piece(kind, { service: { host }, port: 80 }));
  assert.ok(a && b);
  const names = (items: readonly { readonly name: string }[]): readonly string[] =>
    memory.combined('names', items, (all) => all.map(({ name }) => name));
  assert.equal(names([a, b]), names([a, b]));
  assert.deepEqual(names([b, a]), ['b:80', 'a:80']);
});

test('BLD-3: of equal values the first one stands for all', () => {
  const memory = pieceMemory().forBuild(build);
  const first = { host: 'a', labels: { x: '1', y: '2' } };
  memory.same(first);
  assert.equal(memory.same({ labels: { y: '2', x: '1' }, host: 'a' }), first);
});

test('XC-2: what a build of an older revision makes is not kept', () => {
  const pieces = pieceMemory();
  const argument = { service: { host: 'a' }, port: 80 };
  pieces.forBuild({ startedAt: cacheToken(5) }).piece(kind, { ...argument, port: 1 });
  const late = pieces.forBuild({ startedAt: cacheToken(4) });
  assert.notEqual(late.piece(kind, argument), late.piece(kind, argument));
});

test('XC-7: what was remembered is made anew after everything was cleared', () => {
  const pieces = pieceMemory();
  const argument = { service: { host: 'a' }, port: 80 };
  const before = pieces.forBuild(build).piece(kind, argument);
  pieces.clearAll(cacheToken(1));
  assert.notEqual(pieces.forBuild(build).piece(kind, argument), before);
});

test('XC-10: with the disabled cache every piece is made where it is asked for', () => {
  const pieces = pieceMemory({ cache: disabledCache() });
  const memory = pieces.forBuild(build);
  for (const port of [80, 80]) memory.piece(kind, { service: { host: 'a' }, port });
  assert.deepEqual(pieces.counts(), { named: { hits: 0, misses: 2 } });
});

test('XC-15: a kind that looks at more than its argument is caught', () => {
  let outside = 'one';
  const leaky = { ...kind, name: 'leaky', make: () => ({ name: outside }) };
  const memory = pieceMemory({ verifiesHits: true }).forBuild(build);
  const argument = { service: { host: 'a' }, port: 80 };
  memory.piece(leaky, argument);
  memory.piece(leaky, argument);
  outside = 'two';
  assert.throws(() => memory.piece(leaky, argument), StalePiece);
});
