import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, decide, missingNames } from '../../../lib/delivery/decide.ts';
import { discoveryType } from '../../../lib/delivery/discovery-types.ts';
import { type Poll, readPoll } from '../../../lib/delivery/read-poll.ts';
import { cluster, endpoints, route, snapshotOf } from '../../support/envoy-resources.ts';

const { manifest } = snapshotOf([cluster('a'), cluster('b'), endpoints('a', 1), route('r', 'a'), route('s', 'b')]);

function poll(path: string, names: readonly string[] = [], version = ''): Poll {
  const type = discoveryType(path) ?? assert.fail(`no type ${path}`);
  const read = readPoll(type, JSON.stringify({ node: { id: 'x' }, resource_names: names, version_info: version }));
  return read.ok ? read.poll : assert.fail(read.refusal.message);
}

const sent = (decision: Decision): readonly unknown[] =>
  decision.answer === 'send' ? decision.parts : assert.fail('nothing was sent');

test('DLV-2: clusters are always sent whole, whatever names the poll carries', () => {
  const whole = decide(poll('clusters'), manifest);
  assert.equal(sent(whole).length, 1);
  assert.deepEqual(decide(poll('clusters', ['a']), manifest), whole);
});

test('PX-11: who carries the current version is up to date', () => {
  for (const [path, names] of [
    ['clusters', []],
    ['listeners', []],
    ['routes', ['r', 's']],
    ['endpoints', ['a']],
  ] as const) {
    const { versionInfo } = decide(poll(path, names), manifest);
    assert.deepEqual(decide(poll(path, names, versionInfo), manifest), { answer: 'up-to-date', versionInfo });
  }
});

test('DLV-2: of routes exactly the names that were asked for are sent', () => {
  const decision = decide(poll('routes', ['r']), manifest);
  assert.deepEqual(sent(decision), [{ part: 'stored', body: manifest.routes.resources['r'] }]);
});

test('PX-11: no names of a type that goes by name is nothing, not all', () => {
  assert.deepEqual(sent(decide(poll('routes'), manifest)), []);
});

test('SNAP-2: a change elsewhere in the type does not change the version of the names asked for', () => {
  const other = snapshotOf([route('r', 'a'), route('s', 'changed')]).manifest;
  const version = decide(poll('routes', ['r']), manifest).versionInfo;
  assert.equal(decide(poll('routes', ['r'], version), other).answer, 'up-to-date');
  assert.notEqual(
    decide(poll('routes', ['r', 's']), other).versionInfo,
    decide(poll('routes', ['r', 's']), manifest).versionInfo,
  );
});

test('PX-12: an unknown cluster has empty endpoints, an unknown route is left out', () => {
  const [empty] = sent(decide(poll('endpoints', ['nobody']), manifest)) as [{ text: string }];
  assert.deepEqual(JSON.parse(empty.text), {
    '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
    clusterName: 'nobody',
  });
  assert.deepEqual(sent(decide(poll('routes', ['nobody']), manifest)), []);
  assert.deepEqual(missingNames(poll('routes', ['nobody', 'r']), manifest), ['nobody']);
});

test('a proxy that still has a name which the snapshot dropped keeps what it has', () => {
  assert.equal(decide(poll('endpoints', ['dropped'], 'old'), manifest).answer, 'up-to-date');
  assert.equal(decide(poll('routes', ['dropped'], 'old'), manifest).answer, 'up-to-date');
});

test('DLV-10: a truly empty set is empty, and only then', () => {
  assert.deepEqual(sent(decide(poll('listeners'), manifest)), []);
  assert.equal(sent(decide(poll('clusters'), manifest)).length, 1);
});

test('names that JavaScript knows are no names here', () => {
  assert.deepEqual(sent(decide(poll('routes', ['constructor', '__proto__']), manifest)), []);
});
