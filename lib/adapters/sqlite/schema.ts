import type { DatabaseSync } from 'node:sqlite';

/** Marks the file as ours (`PL\0\1`), so that another program's database is not taken for a corrupt one. */
const APPLICATION_ID = 0x504c0001;

/** Each entry lifts the database by one schema version. Entries are never changed, only added. */
const STEPS: readonly string[] = [
  `CREATE TABLE blobs (
     hash TEXT PRIMARY KEY,
     body BLOB NOT NULL,
     stored_at INTEGER NOT NULL -- milliseconds since 1970-01-01 UTC
   ) STRICT;
   CREATE TABLE records (
     partition TEXT NOT NULL,
     id TEXT NOT NULL,
     json TEXT NOT NULL,
     etag TEXT NOT NULL,
     PRIMARY KEY (partition, id)
   ) STRICT;`,
];

/** Why a database cannot be used although SQLite can read it. */
export type SchemaRefusal = 'foreign' | 'newer';

/** Brings the database to the newest schema in one transaction, or says why it must be left alone. */
export function migrate(db: DatabaseSync): SchemaRefusal | undefined {
  const found = pragma(db, 'user_version');
  const owner = pragma(db, 'application_id');
  if (owner !== APPLICATION_ID && (owner !== 0 || found !== 0 || hasTables(db))) return 'foreign';
  if (found > STEPS.length) return 'newer';
  if (found === STEPS.length) return undefined;
  const steps = STEPS.slice(found).join('\n');
  db.exec(`BEGIN IMMEDIATE;
    ${steps}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${STEPS.length};
    COMMIT;`);
  return undefined;
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
}
