import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../lib/delivery/decide.ts';
import { discoveryType } from '../../lib/delivery/discovery-types.ts';
import { type Poll, readPoll } from '../../lib/delivery/read-poll.ts';
import type { EnvoyResource, XdsType } from '../../lib/envoy/envoy-resource.ts';
import { ALL_XDS_TYPES, XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { sentBody } from '../../lib/snapshot/sealed-resource.ts';
import { snapshotOf } from '../support/envoy-resources.ts';
import { offerIn } from '../support/offers.ts';

const names = ['a', 'b', 'c'] as const;

/** A few resources with few distinct bodies, so that two snapshots agree in some and differ in others. */
const resources: fc.Arbitrary<readonly EnvoyResource[]> = fc.uniqueArray(
  fc.record({
    type: fc.constantFrom(...ALL_XDS_TYPES),
    name: fc.constantFrom(...names),
    body: fc.record({ setting: fc.integer({ min: 0, max: 1 }) }),
  }),
  { selector: ({ type, name }) => `${type}/${name}`, maxLength: 12 },
);

function pollFor(type: XdsType, asked: readonly string[], version: string): Poll {
  const discovery = discoveryType(XDS_TYPES[type].path) ?? assert.fail();
  const read = readPoll(discovery, JSON.stringify({ node: { id: 'x' }, resource_names: asked, version_info: version }));
  return read.ok ? read.poll : assert.fail(read.refusal.message);
}

/** The bodies that a proxy is to have: of the whole type, or of the names asked for. */
function bodies(snapshot: readonly EnvoyResource[], type: XdsType, asked: readonly string[]): readonly string[] {
  return snapshot
    .filter((resource) => resource.type === type && (XDS_TYPES[type].isWholeSet || asked.includes(resource.name)))
    .map((resource) => `${resource.name} ${sentBody(resource)}`)
    .sort();
}

test('SNAP-2, PX-13: a poll is up to date if and only if every body that it asks for is equal', () => {
  fc.assert(
    fc.property(
      fc.tuple(resources, resources),
      fc.constantFrom(...ALL_XDS_TYPES),
      fc.subarray([...names], { minLength: 1 }),
      ([before, after], type, asked) => {
        const { versionInfo } = decide(pollFor(type, asked, ''), offerIn(snapshotOf(before), type, asked));
        const next = decide(pollFor(type, asked, versionInfo), offerIn(snapshotOf(after), type, asked));
        const [had, has] = [bodies(before, type, asked), bodies(after, type, asked)];
        const isEqual = JSON.stringify(had) === JSON.stringify(has);
        const keepsWhatItHas = !XDS_TYPES[type].isWholeSet && has.length === 0;
        assert.equal(next.answer === 'up-to-date', isEqual || keepsWhatItHas);
      },
    ),
    { numRuns: 500 },
  );
});
