import type { EpochMs } from '../base/brand.ts';
import { unreachable } from '../base/unreachable.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Sealed } from '../snapshot/snapshot.ts';
import type { ViewKey } from '../view/proxy-view.ts';
import type { LeaseEpoch } from './lease.ts';
import type { Head, ServedHeads } from './served-heads.ts';

/** A snapshot on its way to a view. */
export interface Publication {
  readonly viewKey: ViewKey;
  readonly sealed: Sealed;
  readonly revision: number;
  readonly epoch: LeaseEpoch;
  readonly at: EpochMs;
}

export type PublishPlan =
  | { readonly plan: 'keep' }
  | { readonly plan: 'replace'; readonly head: Head }
  | { readonly plan: 'step-down'; readonly newerEpoch: LeaseEpoch }
  | { readonly plan: 'too-old'; readonly newerRevision: number };

export type Published = 'kept' | 'replaced' | 'stepped-down' | 'too-old' | 'lost-race';

/** What to do about one proxy view, given the head that is served now. */
export function planPublish(served: Head | undefined, publication: Publication): PublishPlan {
  const { sealed, revision, epoch, at } = publication;
  if (served && served.epoch > epoch) return { plan: 'step-down', newerEpoch: served.epoch };
  if (served && served.revision > revision) return { plan: 'too-old', newerRevision: served.revision };
  if (served?.manifest === sealed.manifestHash) return { plan: 'keep' };
  return { plan: 'replace', head: { manifest: sealed.manifestHash, epoch, revision, publishedAt: at } };
}

/** Puts a snapshot in front of its view: bodies first, so that a head never names a missing one, then the head (BLD-2). */
export async function publish(heads: ServedHeads, blobs: Blobs, publication: Publication): Promise<Published> {
  const served = await heads.lookNow(publication.viewKey);
  const next = planPublish(served?.record, publication);
  switch (next.plan) {
    case 'keep':
      return 'kept';
    case 'step-down':
      return 'stepped-down';
    case 'too-old':
      return 'too-old';
    case 'replace': {
      await blobs.putAll([...publication.sealed.blobs.values()]);
      const won = await heads.replace(publication.viewKey, next.head, served?.etag);
      return won ? 'replaced' : 'lost-race';
    }
    default:
      return unreachable(next);
  }
}
