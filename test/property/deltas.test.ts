import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { deltas, type TypeDelta } from '../../lib/control/polls/deltas.ts';
import { partReader, readParts } from '../../lib/control/polls/offer.ts';
import { type StoredSnapshots, storedSnapshots } from '../../lib/control/build/stored-snapshots.ts';
import { isNoChange, nonceFor } from '../../lib/delivery/decide-delta.ts';
import { deltaText } from '../../lib/delivery/delta-answer.ts';
import { discoveryType } from '../../lib/delivery/discovery-types.ts';
import { type DeltaRequest, readDeltaPoll } from '../../lib/delivery/read-delta-poll.ts';
import type { EnvoyResource, XdsType } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { sealResource, sentBody } from '../../lib/snapshot/sealed-resource.ts';
import { blobsSince, seal, type Sealed } from '../../lib/snapshot/snapshot.ts';

/** A snapshot, and one after some edits: resources come, change and go, and the number of shards may change with them. */
interface History {
  readonly before: readonly EnvoyResource[];
  readonly after: readonly EnvoyResource[];
}

const NAMES = [...Array.from({ length: 120 }, (_, index) => `s-${index}`), '__proto__', 'constructor', '*a', 'ü,"\\'];
const name = fc.constantFrom(...NAMES);
const type = fc.constantFrom<XdsType>('clusters', 'listeners', 'endpoints', 'routes', 'secrets');

function resourcesOf(ofType: XdsType): fc.Arbitrary<readonly EnvoyResource[]> {
  const resource = fc.record({ name, body: fc.record({ setting: fc.constantFrom(0, 1, 'ü"\\') }) });
  return fc
    .uniqueArray(resource, { selector: (one) => one.name, maxLength: NAMES.length, size: 'max' })
    .map((list) => list.map((one) => ({ type: ofType, ...one })));
}

const historyOf = (ofType: XdsType): fc.Arbitrary<History> =>
  fc.tuple(resourcesOf(ofType), resourcesOf(ofType), fc.nat(6)).map(([before, edits, kept]) => {
    const left = before.filter((_, index) => index % 7 >= kept);
    const after = new Map([...left, ...edits.slice(0, 10)].map((one) => [one.name, one]));
    return { before, after: [...after.values()] };
  });

interface Wish {
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
}

const wish: fc.Arbitrary<Wish> = fc.record({
  subscribe: fc.oneof(
    fc.constant([]),
    fc.constant(['*']),
    fc.array(fc.oneof(name, fc.constantFrom('unknown', '*')), { maxLength: 20 }),
  ),
  unsubscribe: fc.array(fc.oneof(name, fc.constantFrom('unknown', '*')), { maxLength: 3 }),
});

/** What a client may say it has, whatever the truth is: versions of the snapshot before, of none, names of none. */
const claims = fc.dictionary(fc.oneof(name, fc.string()), fc.constantFrom('true', '', 'invented', '0'.repeat(64)), {
  maxKeys: 40,
  noNullPrototype: false,
});

function requestFor(ofType: XdsType, { subscribe, unsubscribe }: Wish, more: object): DeltaRequest {
  const body = {
    node: { id: 'x' },
    resource_names_subscribe: subscribe,
    resource_names_unsubscribe: unsubscribe,
    ...more,
  };
  const read = readDeltaPoll(discoveryType(XDS_TYPES[ofType].path) ?? assert.fail(), JSON.stringify(body));
  return (read.ok ? read.poll.requests[0] : assert.fail(read.refusal.message)) ?? assert.fail();
}

/** The names that the wish covers, worked out again from the words of the protocol. */
function covers(ofType: XdsType, { subscribe, unsubscribe }: Wish): (asked: string) => boolean {
  const stated = subscribe.length === 0 && XDS_TYPES[ofType].isWholeSet ? ['*'] : subscribe;
  const left = stated.filter((one) => !unsubscribe.includes(one));
  return (asked) => left.includes('*') || left.includes(asked);
}

async function stored(...lists: readonly (readonly EnvoyResource[])[]) {
  const blobs = memoryBlobs();
  const sealed = lists.map((list) => seal(list.map(sealResource)));
  for (const one of sealed) await blobs.putAll(blobsSince(one));
  return { snapshots: storedSnapshots(blobs), sealed };
}

/** What a client has after it applied the answer to what it had: name -> version and text. */
async function applied(
  snapshots: StoredSnapshots,
  had: ReadonlyMap<string, string>,
  delta: TypeDelta,
): Promise<ReadonlyMap<string, string>> {
  const answer = { ...delta, typeUrl: 't', nonce: 'n' };
  const pieces: Uint8Array[] = [];
  const bytesOf = partReader(snapshots);
  for await (const piece of deltaText([answer], 'one', ({ part }) => bytesOf(part))) {
    pieces.push(Buffer.from(piece as string));
  }
  const read = JSON.parse(Buffer.concat(pieces).toString()) as {
    readonly resources: readonly { readonly name: string; readonly version: string; readonly resource: object }[];
    readonly removed_resources: readonly string[];
  };
  const has = new Map(had);
  for (const gone of read.removed_resources) has.delete(gone);
  for (const one of read.resources) has.set(one.name, one.version);
  for (const one of read.resources) {
    const { hash } = delta.changed.get(one.name) ?? assert.fail(one.name);
    assert.equal(one.version, hash);
  }
  return has;
}

function fullState(list: readonly EnvoyResource[], isCovered: (asked: string) => boolean): ReadonlyMap<string, string> {
  return new Map(list.filter((one) => isCovered(one.name)).map((one) => [one.name, sealResource(one).hash]));
}

const cases = type.chain((ofType) => fc.tuple(fc.constant(ofType), historyOf(ofType), wish));

test('DLV-3: a delta applied to any earlier state gives the full state, also from versions that nobody ever sent', async () => {
  await fc.assert(
    fc.asyncProperty(cases, claims, async ([ofType, { before, after }, wished], claimed) => {
      const { snapshots, sealed } = await stored(before, after);
      const old = new Map(before.map((one) => [one.name, sealResource(one).hash as string]));
      const had = new Map(
        Object.entries(claimed).map(([one, version]) => [one, version === 'true' ? (old.get(one) ?? 'x') : version]),
      );
      const request = requestFor(ofType, wished, { initial_resource_versions: Object.fromEntries(had) });
      const delta = (await deltas(snapshots)(manifestOf(sealed[1]), request)) ?? assert.fail('no delta');
      const has = await applied(snapshots, had, delta);
      assert.deepEqual(new Map(has), new Map(fullState(after, covers(ofType, wished))));

      const again = requestFor(ofType, wished, { initial_resource_versions: Object.fromEntries(has) });
      const rest = (await deltas(snapshots)(manifestOf(sealed[1]), again)) ?? assert.fail('no delta');
      assert.ok(isNoChange(rest), 'equal state: nothing more to send');
      assert.equal(rest.carried, delta.versionInfo, 'what was sent is shown as taken');
    }),
    { numRuns: 150 },
  );
});

test('DLV-3: who names its state by a nonce is sent the same as who lists it', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([ofType, { before, after }, wished]) => {
      const { snapshots, sealed } = await stored(before, after);
      const had = fullState(before, covers(ofType, wished));
      const { subscriptions } = requestFor(ofType, wished, {});
      const nonce = nonceFor({ manifest: manifestOf(sealed[0]), subscriptions: subscriptions.hash });
      const named = requestFor(ofType, wished, { response_nonce: nonce });
      const listed = requestFor(ofType, wished, { initial_resource_versions: Object.fromEntries(had) });
      const [byNonce, byList] = [
        (await deltas(snapshots)(manifestOf(sealed[1]), named)) ?? assert.fail('no delta'),
        (await deltas(snapshots)(manifestOf(sealed[1]), listed)) ?? assert.fail('no delta'),
      ];
      assert.deepEqual(new Map(byNonce.changed), new Map(byList.changed));
      assert.deepEqual(new Set(byNonce.removed), new Set(byList.removed));
      assert.equal(byNonce.versionInfo, byList.versionInfo);
      if (had.size > 0) assert.equal(byNonce.carried, byList.carried);
      assert.deepEqual(
        new Map(await applied(snapshots, had, byNonce)),
        new Map(fullState(after, covers(ofType, wished))),
      );
    }),
    { numRuns: 100 },
  );
});

test('DLV-3: a client that has nothing is sent the very bytes that others are sent', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([ofType, { after }]) => {
      const { snapshots, sealed } = await stored(after);
      const request = requestFor(ofType, { subscribe: ['*'], unsubscribe: [] }, {});
      const { changed } = (await deltas(snapshots)(manifestOf(sealed[0]), request)) ?? assert.fail('no delta');
      assert.equal(changed.size, after.length);
      for (const one of after.slice(0, 10)) {
        const { part } = changed.get(one.name) ?? assert.fail(one.name);
        assert.equal(Buffer.concat((await readParts(snapshots, [part])).flat()).toString(), sentBody(one));
      }
    }),
    { numRuns: 50 },
  );
});

const manifestOf = (sealed: Sealed | undefined): Sealed['manifestHash'] => sealed?.manifestHash ?? assert.fail();
