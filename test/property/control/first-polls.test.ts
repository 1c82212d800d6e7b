import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BuildReport } from '../../../lib/control/build/build-all.ts';
import type { DeliveryPorts } from '../../../lib/control/delivery-service.ts';
import { sentIn, serviceEntry, sidecarNode, testDelivery, type TestDelivery } from '../../support/delivery.ts';
import { interceptBlobs, interceptRecords, type StoreCall } from '../../../tools/support/intercepted-store.ts';

const before = serviceEntry('old.default.svc.cluster.local', '10.0.0.1');
const more = before + serviceEntry('new.default.svc.cluster.local', '10.0.0.2');
/** Tells the proxies of a view apart that the revision before does not. */
const split = `${more}
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: by-label }
spec: { host: old.default.svc.cluster.local, workloadSelector: { matchLabels: { app: web } } }
---`;
const node = { ...sidecarNode, metadata: { ...sidecarNode.metadata, LABELS: { app: 'web' } } };

type Gate = (what: string) => Promise<unknown>;

/** The same store and config, where every call waits at the gate first. */
function gated(gate: Gate, { blobs, records, config, ...ports }: DeliveryPorts): DeliveryPorts {
  const wait = async <T>({ what, run }: Pick<StoreCall<T>, 'what' | 'run'>): Promise<T> => {
    await gate(what);
    return run();
  };
  return {
    ...ports,
    blobs: interceptBlobs(blobs, wait),
    records: interceptRecords(records, wait),
    config: {
      newestRevision: () => wait({ what: 'config.newestRevision', run: () => config.newestRevision() }),
      newestHealth: () => wait({ what: 'config.newestHealth', run: () => config.newestHealth() }),
      readNewest: () => wait({ what: 'config.readNewest', run: () => config.readNewest() }),
    },
  };
}

async function writerAt(documents: string, isIndexed: boolean): Promise<TestDelivery> {
  const writer = testDelivery();
  writer.configure(documents);
  if (isIndexed) await writer.builder.build('config').finally(() => writer.builder.stepDown());
  return writer;
}

/** A leader that finds that somebody else wrote the lease asks again, as the stream of changes makes it. */
async function builtBy(leader: TestDelivery): Promise<BuildReport> {
  const report = await leader.builder.build('config');
  return report.outcome === 'followed' ? leader.builder.build('config') : report;
}

async function assertNewest(writer: TestDelivery, pollers: readonly TestDelivery[]): Promise<void> {
  writer.clock.advance(60_000);
  const late = testDelivery({ ...writer.ports, hearsAllPolls: false });
  for (const poller of [...pollers, late]) {
    const { resources } = await sentIn(await poller.poll('clusters', { node }));
    assert.ok(resources.some(({ name }) => name?.includes('new.default.svc.cluster.local')));
  }
}

for (const [next, documents] of [
  ['a revision', more],
  ['a revision that splits the view', split],
] as const) {
  for (const isIndexed of [false, true]) {
    const index = isIndexed ? 'with an index' : 'without an index';
    test(`VIEW-4, BLD-1: wherever ${next} is built within the first poll of a view, ${index}, the view does not stay behind`, async () => {
      let places = 1;
      for (let at = 1; at <= places; at += 1) {
        const writer = await writerAt(before, isIndexed);
        let calls = 0;
        const buildAt: Gate = async () => {
          calls += 1;
          if (calls !== at) return;
          writer.configure(documents);
          await writer.builder.build('config');
        };
        const poller = testDelivery({ ...gated(buildAt, writer.ports), hearsAllPolls: false });
        await poller.poll('clusters', { node });
        if (calls < at) break; // this time the poll was answered with fewer calls
        places = calls;
        await assertNewest(writer, [poller]);
      }
      assert.ok(places > 10, `only ${places} places to build at`);
    });
  }
}

test('VIEW-4, BLD-1: however polls and a build interleave, no view stays behind', async () => {
  const cases = fc.record({
    isIndexed: fc.boolean(),
    pollsTwice: fc.boolean(),
    documents: fc.constantFrom(more, split),
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), cases, async (scheduler, { isIndexed, pollsTwice, documents }) => {
      const writer = await writerAt(before, isIndexed);
      const turn: Gate = (what) => scheduler.schedule(Promise.resolve(), what);
      const leader = testDelivery({ ...gated(turn, writer.ports), holder: 'leader' });
      const pollers = (pollsTwice ? [1, 2] : [1]).map(() =>
        testDelivery({ ...gated(turn, writer.ports), hearsAllPolls: false }),
      );
      const polls = pollers.map((poller) => poller.poll('clusters', { node }));
      const applied = scheduler.schedule(Promise.resolve(), 'apply').then(() => {
        writer.configure(documents);
        return builtBy(leader);
      });
      await scheduler.waitFor(Promise.all(polls));
      assert.equal((await scheduler.waitFor(applied)).outcome, 'built');
      await scheduler.waitFor(assertNewest(writer, pollers));
    }),
    { numRuns: 100 },
  );
});
