import type { TestContext } from 'node:test';
import { openSqliteStore, type SqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { blobsContract } from './blobs.contract.ts';
import { leasesContract } from './leases.contract.ts';
import { recordsContract } from './records.contract.ts';

function store(t: TestContext): SqliteStore {
  const directory = tempDir();
  const opened = openSqliteStore(directory.path);
  t.after(() => {
    opened.close();
    directory.remove();
  });
  return opened;
}

blobsContract('sqlite', (t) => store(t).blobs);
recordsContract('sqlite', (t) => store(t).records);
leasesContract('sqlite', (t) => store(t).records);
