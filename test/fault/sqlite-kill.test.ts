import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { contentHash } from '../../lib/base/hashing.ts';
import { openSqliteStore } from '../../lib/adapters/sqlite/sqlite-store.ts';
import { tempDir } from '../support/temp-dir.ts';

const writer = fileURLToPath(new URL('../support/sqlite-writer.ts', import.meta.url));

interface Acknowledged {
  readonly chain: number;
  readonly revision: number;
  readonly hash: string;
}

test('STO-5: whatever was acknowledged before kill -9 is there afterwards, and the directory opens at once', async (t) => {
  const directory = tempDir();
  t.after(() => directory.remove());
  const acknowledged: Acknowledged[] = [];
  for (const writesBeforeKill of [1, 60, 173]) {
    acknowledged.push(...(await killAfter(directory.path, writesBeforeKill)));
    await assertAllThere(directory.path, acknowledged);
  }
  assert.ok(acknowledged.length >= 1 + 60 + 173);
});

/** Runs the writer until it has acknowledged that many writes, kills it wherever it is then, and answers all it said. */
async function killAfter(directory: string, writes: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  const said: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [chain, revision, hash = ''] = line.split(' ');
    said.push({ chain: Number(chain), revision: Number(revision), hash });
    if (said.length === writes) child.kill('SIGKILL');
  }
  assert.equal(await exited, 'SIGKILL');
  return said;
}

async function assertAllThere(directory: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const store = openSqliteStore(directory);
  try {
    for (const { chain, revision, hash } of acknowledged) {
      const bytes = await store.blobs.get(contentHash(hash));
      assert.equal(Buffer.from(bytes ?? []).toString(), `${chain} ${revision} 1 `.repeat(500));
      const head = await store.records.get<Acknowledged>({ partition: 'heads', id: `chain-${chain}` });
      assert.ok(head && head.record.revision >= revision, `chain ${chain} is at revision ${revision} or later`);
      assert.ok(await store.blobs.get(contentHash(head.record.hash)), 'a head never names a missing body');
    }
  } finally {
    store.close();
  }
}
