import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Decision, decide, missingNames } from '../../../lib/delivery/decide.ts';
import { discoveryType } from '../../../lib/delivery/discovery-types.ts';
import { type Poll, readPoll } from '../../../lib/delivery/read-poll.ts';
import { sealResource } from '../../../lib/snapshot/sealed-resource.ts';
import type { Sealed } from '../../../lib/snapshot/snapshot.ts';
import { cluster, endpoints, route, snapshotOf } from '../../support/envoy-resources.ts';
import { offerIn } from '../../support/offers.ts';

const snapshot = snapshotOf([cluster('a'), cluster('b'), endpoints('a', 1), route('r', 'a'), route('s', 'b')]);

function poll(path: string, names: readonly string[] = [], version = ''): Poll {
  const type = discoveryType(path) ?? assert.fail(`no type ${path}`);
  const read = readPoll(type, JSON.stringify({ node: { id: 'x' }, resource_names: names, version_info: version }));
  return read.ok ? read.poll : assert.fail(read.refusal.message);
}

/** Decides as the service does: from what the snapshot has of what the poll asks for. */
const decideIn = (asked: Poll, sealed: Sealed = snapshot): Decision =>
  decide(asked, offerIn(sealed, asked.type.xdsType, asked.names));

const sent = (decision: Decision): readonly unknown[] =>
  decision.answer === 'send' ? decision.parts : assert.fail('nothing was sent');

test('DLV-2: clusters are always sent whole, whatever names the poll carries', () => {
  const whole = decideIn(poll('clusters'));
  assert.equal(sent(whole).length, 1);
  assert.deepEqual(decideIn(poll('clusters', ['a'])), whole);
});

test('PX-11: who carries the current version is up to date', () => {
  for (const [path, names] of [
    ['clusters', []],
    ['listeners', []],
    ['routes', ['r', 's']],
    ['endpoints', ['a']],
  ] as const) {
    const { versionInfo } = decideIn(poll(path, names));
    assert.deepEqual(decideIn(poll(path, names, versionInfo)), { answer: 'up-to-date', versionInfo });
  }
});

test('DLV-2: of routes exactly the names that were asked for are sent', () => {
  const decision = decideIn(poll('routes', ['r']));
  assert.deepEqual(sent(decision), [{ part: 'stored', blobs: [sealResource(route('r', 'a')).hash] }]);
});

test('PX-11: no names of a type that goes by name is nothing, not all', () => {
  assert.deepEqual(sent(decideIn(poll('routes'))), []);
});

test('SNAP-2: a change elsewhere in the type does not change the version of the names asked for', () => {
  const other = snapshotOf([route('r', 'a'), route('s', 'changed')]);
  const version = decideIn(poll('routes', ['r'])).versionInfo;
  assert.equal(decideIn(poll('routes', ['r'], version), other).answer, 'up-to-date');
  assert.notEqual(
    decideIn(poll('routes', ['r', 's']), other).versionInfo,
    decideIn(poll('routes', ['r', 's'])).versionInfo,
  );
});

test('PX-12: an unknown cluster has empty endpoints, an unknown route is left out', () => {
  const [empty] = sent(decideIn(poll('endpoints', ['nobody']))) as [{ text: string }];
  assert.deepEqual(JSON.parse(empty.text), {
    '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
    clusterName: 'nobody',
  });
  assert.deepEqual(sent(decideIn(poll('routes', ['nobody']))), []);
  const asked = poll('routes', ['nobody', 'r']);
  assert.deepEqual(missingNames(asked, offerIn(snapshot, 'routes', asked.names)), ['nobody']);
});

test('a proxy that still has a name which the snapshot dropped keeps what it has', () => {
  assert.equal(decideIn(poll('endpoints', ['dropped'], 'old')).answer, 'up-to-date');
  assert.equal(decideIn(poll('routes', ['dropped'], 'old')).answer, 'up-to-date');
});

test('DLV-10: a truly empty set is empty, and only then', () => {
  assert.deepEqual(sent(decideIn(poll('listeners'))), []);
  assert.equal(sent(decideIn(poll('clusters'))).length, 1);
});

test('names that JavaScript knows are no names here', () => {
  assert.deepEqual(sent(decideIn(poll('routes', ['constructor', '__proto__']))), []);
});
