import type { Records, StoredRecord } from '../../ports/records.ts';
import type { Resource } from '../../resources/resource.ts';

/** The public state of one object, beside it: it has its own token and never makes a revision (STO-6, CS-5). */
export interface ObjectStatus {
  /** Of the object that it was written for; another object of the same name has none of it. */
  readonly uid: string;
  readonly status: Readonly<Record<string, unknown>>;
}

const partition = 'status';

/** Where the statuses lie by which instances say whether they are healthy: the only ones that are an input of builds (ST-5). */
export const HEALTH_STATUSES = { partition, prefix: 'WorkloadEntry/' } as const;

export async function readStatus(
  records: Pick<Records, 'get'>,
  key: string,
): Promise<StoredRecord<ObjectStatus> | undefined> {
  return records.get<ObjectStatus>({ partition, id: key });
}

/** All statuses whose key starts with the prefix (`VirtualService/`, `VirtualService/default/`). */
export async function readStatuses(
  records: Pick<Records, 'list'>,
  prefix: string,
): Promise<ReadonlyMap<string, ObjectStatus>> {
  const found = new Map<string, ObjectStatus>();
  let cursor: string | undefined;
  do {
    const page = await records.list<ObjectStatus>(partition, { prefix, ...(cursor !== undefined && { cursor }) });
    for (const { id, record } of page.records) found.set(id, record);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

/** Writes over what was read; false when someone else wrote in between. */
export async function putStatus(
  records: Pick<Records, 'putIf'>,
  key: string,
  { next, read }: { readonly next: ObjectStatus; readonly read: StoredRecord<ObjectStatus> | undefined },
): Promise<boolean> {
  return (await records.putIf({ partition, id: key }, next, read?.etag)) !== undefined;
}

export function withStatus<Stated extends Resource>(resource: Stated, stored: ObjectStatus | undefined): Stated {
  return stored && stored.uid === resource.metadata.uid ? { ...resource, status: stored.status } : resource;
}
