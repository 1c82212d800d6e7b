import assert from 'node:assert/strict';
import type { Records } from '../../lib/ports/records.ts';
import type { Promises } from './contract-suite.ts';
import { create, createAt, key, stale } from './stored-record.ts';

const lease = { partition: 'leases', id: 'builder' };

/** What a write keeps to that looks at another record in the same instant. */
export const guardedWriting: Promises<Records> = {
  'LE-20: a guarded write goes in while its guard is as it was seen': async (records) => {
    const guard = { key: lease, etag: await createAt(records, lease, 'mine') };
    const first = await records.putGuarded(key, 1, { expected: undefined, guard });
    assert.ok(first !== undefined);
    const second = await records.putGuarded(key, 2, { expected: first, guard });
    assert.ok(second !== undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: 2, etag: second });
    assert.equal((await records.get(lease))?.etag, guard.etag, 'the guard itself is not written');
  },
  'LE-20: a guarded write changes nothing once its guard has changed or gone': async (records) => {
    const guard = { key: lease, etag: await createAt(records, lease, 'mine') };
    const first = await create(records, 1);
    const taken = await records.putIf(lease, 'theirs', guard.etag);
    assert.equal(await records.putGuarded(key, 2, { expected: first, guard }), undefined);
    assert.equal(await records.removeIf(lease, taken), true);
    assert.equal(await records.putGuarded(key, 2, { expected: first, guard }), undefined);
    assert.equal(await records.putGuarded({ ...key, id: 'other' }, 2, { expected: undefined, guard }), undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: 1, etag: first });
    assert.equal(await records.get({ ...key, id: 'other' }), undefined);
  },
  'LE-20: a guarded write still needs the etag that it expects': async (records) => {
    const guard = { key: lease, etag: await createAt(records, lease, 'mine') };
    const first = await create(records, 1);
    assert.equal(await records.putGuarded(key, 2, { expected: stale, guard }), undefined);
    assert.equal(await records.putGuarded(key, 2, { expected: undefined, guard }), undefined);
    assert.deepEqual(await records.get(key), { id: 'config', record: 1, etag: first });
  },
};
