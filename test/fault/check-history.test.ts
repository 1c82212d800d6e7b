import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etag } from '../../lib/ports/records.ts';
import { hashBytes } from '../../lib/base/hashing.ts';
import { sentBody } from '../../lib/snapshot/sealed-resource.ts';
import { blobsSince } from '../../lib/snapshot/snapshot.ts';
import { cluster, endpoints, snapshotOf } from '../support/envoy-resources.ts';
import { checkConvergence } from '../support/simulation/check-convergence.ts';
import { checkDeadLetters } from '../support/simulation/check-dead-letters.ts';
import { checkGoingBack } from '../support/simulation/check-going-back.ts';
import { checkHeads } from '../support/simulation/check-heads.ts';
import { checkOutages } from '../support/simulation/check-outages.ts';
import { checkPolls } from '../support/simulation/check-polls.ts';
import { checkReigns } from '../support/simulation/check-reigns.ts';
import type { Happening, History } from '../support/simulation/history.ts';

// What no broken store can bring about is planted: the checks have to see it all the same.

const historyOf = (...happenings: readonly Happening[]): History => happenings.map((each, at) => ({ at, ...each }));

const end = (held: readonly string[], wanted: readonly string[]): Happening => ({
  what: 'end',
  objects: new Map(),
  pollers: [
    {
      poller: 'p',
      viewKey: 'view',
      held: new Map(held.map((name) => [name, '{}'])),
      wanted: new Map(wanted.map((name) => [name, '{}'])),
    },
  ],
});

const polled = (status: number, hasMarker: boolean, resources?: number): Happening => ({
  ...{ what: 'polled', poller: 'p', channel: 'listeners', machine: 'xds-1', status, hasMarker },
  saysWhenToRetry: true,
  asked: { at: 0, carried: '', becomes: '', isOfOne: false },
  ...(resources !== undefined && { resources }),
});

test('DLV-10: an error as 200, an empty set and a 500 are seen in a history', () => {
  const listeners = end(['listeners/a'], ['listeners/a']);
  assert.deepEqual(checkPolls(historyOf(polled(200, true, 1), polled(304, false), polled(503, false), listeners)), []);
  assert.equal(checkPolls(historyOf(polled(200, false, 0), listeners)).length, 1);
  assert.equal(checkPolls(historyOf(polled(200, true, 0), listeners)).length, 1);
  assert.deepEqual(checkPolls(historyOf(polled(200, true, 0), end([], []))), [], 'a view that is truly empty');
  assert.equal(checkPolls(historyOf(polled(500, false), listeners)).length, 1);
});

test('FLT-2: a head that goes back and a poller that lags behind are seen in a history', () => {
  const head = (revision: number, epoch: number): Happening => ({
    ...{ what: 'record', by: 'builder-1', key: { partition: 'heads', id: 'view' } },
    ...{ record: { revision, epoch }, expected: undefined, etag: etag(`${revision} ${epoch}`) },
  });
  assert.deepEqual(checkHeads(historyOf(head(1, 0), head(2, 0), head(2, 1))), []);
  assert.equal(checkHeads(historyOf(head(2, 0), head(1, 1))).length, 1);
  assert.equal(checkHeads(historyOf(head(1, 1), head(2, 0))).length, 1);
  assert.deepEqual(checkConvergence(historyOf(end(['clusters/a'], ['clusters/a']))), []);
  assert.equal(checkConvergence(historyOf(end(['clusters/a'], ['clusters/b']))).length, 2);
  assert.equal(checkConvergence(historyOf()).length, 1);
});

/** The view serves these snapshots, one after the other: each of its blobs is stored, then its head. */
const serves = (...ports: readonly number[]): readonly Happening[] =>
  ports.flatMap((port, revision) => {
    const sealed = snapshotOf([cluster('a'), endpoints('a', port)]);
    const stored = blobsSince(sealed).map((bytes): Happening => ({
      what: 'blob',
      by: 'x',
      hash: hashBytes(bytes),
      bytes,
    }));
    return [...stored, written('heads', 'view', { manifest: sealed.manifestHash, revision, epoch: 0 })];
  });

const written = (partition: string, id: string, record: object): Happening => ({
  ...{
    what: 'record',
    by: 'x',
    key: { partition, id },
    record,
    expected: undefined,
    etag: etag(JSON.stringify(record)),
  },
});

/** The poller shows these endpoints, and the cluster where it keeps everything. */
const shows = (port: number, isOfOne: boolean, carried = 'v'): Happening => {
  const shown = [...(isOfOne ? [cluster('a')] : []), endpoints('a', port)];
  return {
    ...{ what: 'polled', poller: 'p', channel: 'endpoints/a', machine: 'xds-1', status: 200, hasMarker: true },
    ...{ saysWhenToRetry: false, resources: 1, asked: { at: 0, carried, becomes: 'v', isOfOne } },
    shows: new Map(shown.map((resource) => [`${resource.type}/${resource.name}`, sentBody(resource)])),
  };
};

test('DLV-8: a proxy that is taken back is seen in a history, and a new loop that begins with less is not', () => {
  const served = serves(1, 2);
  assert.deepEqual(checkGoingBack(historyOf(...served, shows(1, false), shows(2, false), end([], []))), []);
  assert.equal(checkGoingBack(historyOf(...served, shows(2, false), shows(1, false), end([], []))).length, 1);
  assert.deepEqual(checkGoingBack(historyOf(...served, shows(2, false), shows(1, false, ''), end([], []))), []);
  assert.equal(checkGoingBack(historyOf(...served, shows(2, true), shows(1, true), end([], []))).length, 1);
});

test('DLV-3: parts of several snapshots in one delta are seen in a history', () => {
  assert.deepEqual(checkGoingBack(historyOf(...serves(1), shows(1, true), end([], []))), []);
  assert.equal(checkGoingBack(historyOf(...serves(1), shows(3, true), end([], []))).length, 1);
});

test('DLV-8: a poll that a warm process puts off while the store is away is seen in a history', () => {
  const poll = (status: number): Happening => polled(status, status === 200);
  const away: Happening = { what: 'outage', isOn: true };
  const putOff = historyOf(...serves(1), poll(200), away, poll(503), end([], [])).map((event, at) =>
    event.what === 'polled' ? { ...event, asked: { ...event.asked, at } } : event,
  );
  assert.equal(checkOutages(putOff).length, 1);
  assert.deepEqual(checkOutages(putOff.filter((event) => event !== putOff.find(({ what }) => what === 'outage'))), []);
});

test('BLD-5, LE-20: builds that are fanned out in no order and views that are given up are seen in a history', () => {
  const lease = written('leases', 'builder-default', { holderIdentity: '', leaderTransitions: 1 });
  const fanOut = (build: number, epoch: number): Happening => written('builds', 'fan-out', { build, epoch });
  assert.deepEqual(checkReigns(historyOf(lease, fanOut(1, 1), fanOut(2, 1))), []);
  assert.equal(checkReigns(historyOf(lease, fanOut(1, 1), fanOut(1, 1))).length, 1);
  assert.equal(checkReigns(historyOf(lease, fanOut(1, 0))).length, 1);
  const letters: History = [
    { at: 0, what: 'calm' },
    { at: 200_000, what: 'dead-letter', viewKeys: ['view', 'poisoned'] },
    { at: 300_000, ...end([], []) },
  ];
  assert.equal(checkDeadLetters(letters).length, 1);
});
