import type { EpochMs } from '../../base/brand.ts';
import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import { unreachable } from '../../base/unreachable.ts';
import { ALL_XDS_TYPES } from '../../envoy/xds-types.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { RecordGuard, StoredRecord } from '../../ports/records.ts';
import type { TypeManifest } from '../../snapshot/manifest.ts';
import { blobsSince, type Sealed, type Served } from '../../snapshot/snapshot.ts';
import { differingShards, type TableDifference, tableDifference } from '../../snapshot/table-difference.ts';
import type { TypeTable } from '../../snapshot/type-table.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import type { LeaseEpoch } from '../lead/lease.ts';
import { orNothing } from '../config/or-nothing.ts';
import type { Head, ServedHeads } from './served-heads.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';
import { reportBlobs, type SealedReport, type StoredReports } from '../status/view-report.ts';

/** A snapshot on its way to a view. */
export interface Publication {
  readonly viewKey: ViewKey;
  readonly sealed: Sealed;
  /** What the build found out about the view. */
  readonly report: SealedReport;
  readonly revision: number;
  readonly epoch: LeaseEpoch;
  /** The lease that was on when it was built, as it was then; absent where nobody has ever led. */
  readonly guard?: RecordGuard;
  readonly at: EpochMs;
}

export type PublishPlan =
  | { readonly plan: 'keep' }
  /** The same snapshot, of which other things are told: for proxies nothing changes. */
  | { readonly plan: 'annotate'; readonly head: Head }
  | { readonly plan: 'replace'; readonly head: Head }
  | { readonly plan: 'step-down' }
  | { readonly plan: 'too-old' };

export type Published = 'kept' | 'replaced' | 'stepped-down' | 'too-old' | 'lost-race';

/** What to do about one proxy view, given the head that is served now. */
export function planPublish(served: Head | undefined, publication: Publication): PublishPlan {
  const { sealed, report, revision, epoch, at } = publication;
  if (served && served.epoch > epoch) return { plan: 'step-down' };
  if (served && served.revision > revision) return { plan: 'too-old' };
  if (served?.manifest !== sealed.manifestHash) {
    const head = { manifest: sealed.manifestHash, epoch, revision, publishedAt: at, report: report.hash };
    return { plan: 'replace', head };
  }
  return served.report === report.hash
    ? { plan: 'keep' }
    : { plan: 'annotate', head: { ...served, epoch, report: report.hash } };
}

export interface PublishPorts {
  readonly blobs: Pick<Blobs, 'putAll'>;
  readonly heads: Pick<ServedHeads, 'lookNow' | 'replace'>;
  readonly snapshots: Pick<StoredSnapshots, 'manifest' | 'shards' | 'remember' | 'damaged' | 'healed'>;
  readonly reports: Pick<StoredReports, 'root'>;
}

/**
 * Puts a snapshot in front of its view: what it names first, so that a head never names what is missing, then the head (BLD-2).
 * What the served snapshot names is there and is not written again: the work is that of the change.
 */
export async function publish(ports: PublishPorts, publication: Publication): Promise<Published> {
  const { blobs, heads, snapshots } = ports;
  const { sealed } = publication;
  const served = await heads.lookNow(publication.viewKey);
  const next = planPublish(served?.record, publication);
  await heal(ports, sealed);
  switch (next.plan) {
    case 'keep':
      return 'kept';
    case 'step-down':
      return 'stepped-down';
    case 'too-old':
      return 'too-old';
    case 'annotate':
      await blobs.putAll(await newReport(ports, publication, served?.record));
      await replaceHead(ports, publication, { head: next.head, served });
      return 'kept'; // also when someone was faster: whoever it was has told what there is to tell
    case 'replace': {
      await blobs.putAll([
        ...blobsSince(sealed, served && (await orNothing(servedTo(snapshots, served.record, sealed)))),
        ...(await newReport(ports, publication, served?.record)),
      ]);
      snapshots.remember(sealed);
      const won = await replaceHead(ports, publication, { head: next.head, served });
      return won ? 'replaced' : 'lost-race';
    }
    default:
      return unreachable(next);
  }
}

/**
 * Writes all of a snapshot again of which this process has met a part damaged or missing: being served, it would not be written
 * otherwise, and damage seldom comes alone.
 */
async function heal({ blobs, snapshots }: PublishPorts, sealed: Sealed): Promise<void> {
  const damaged = new Set(snapshots.damaged());
  if (damaged.size === 0) return;
  const parts = blobsSince(sealed);
  if (parts.some((bytes) => damaged.has(hashBytes(bytes)))) snapshots.healed(await blobs.putAll(parts));
}

interface HeadChange {
  readonly head: Head;
  readonly served: StoredRecord<Head> | undefined;
}

function replaceHead(
  { heads }: PublishPorts,
  { viewKey, guard }: Publication,
  { head, served }: HeadChange,
): Promise<boolean> {
  return heads.replace(viewKey, head, { expected: served?.etag, ...(guard && { guard }) });
}

async function newReport(
  { reports }: PublishPorts,
  { report }: Publication,
  served: Head | undefined,
): Promise<readonly Uint8Array[]> {
  if (served?.report === report.hash) return [];
  // A served one that cannot be read counts for nothing: the new one is written in full, and with it the view is whole again.
  return reportBlobs(report, served?.report && (await orNothing(reports.root(served.report))));
}

/** What the snapshot differs in from the one that is served. */
async function servedTo(
  snapshots: PublishPorts['snapshots'],
  { manifest: hash }: Head,
  { tables }: Sealed,
): Promise<Served> {
  const manifest = await snapshots.manifest(hash);
  const found = await Promise.all(ALL_XDS_TYPES.map((type) => differenceTo(snapshots, manifest[type], tables[type])));
  const changed = new Map(ALL_XDS_TYPES.map((type, index) => [type, new Set(found[index]?.difference.present.keys())]));
  return { manifest, changed, chunks: new Set(found.flatMap(({ chunks }) => chunks)) };
}

interface Difference {
  readonly difference: TableDifference;
  /** What those of the served resources consist of among which something changed. */
  readonly chunks: readonly ContentHash[];
}

async function differenceTo(
  snapshots: Pick<StoredSnapshots, 'shards'>,
  served: TypeManifest,
  { set, shards }: TypeTable,
): Promise<Difference> {
  const { before, after } = differingShards(served, set);
  const old = await snapshots.shards(served, before);
  return {
    difference: tableDifference(
      old,
      after.flatMap((index) => shards[index] ?? []),
    ),
    chunks: old.flatMap((shard) => [...shard.values()].flatMap(({ chunks = [] }) => chunks)),
  };
}
