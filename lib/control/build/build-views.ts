import { unreachable } from '../../base/unreachable.ts';
import type { RecordKey } from '../../ports/records.ts';
import type { ViewKey } from '../../view/proxy-view.ts';
import { buildAll, type BuildAllPorts, type BuildReport } from './build-all.ts';
import { mergedReasons, NO_REASONS, reasonsOf } from './build-reasons.ts';
import { type Reign, sealAndPublish, type ViewBuild } from './build-view.ts';
import { currentReign, type LeaseCandidate, leaseCandidate } from '../lead/lease-candidate.ts';
import { leaseEpoch, type LeaseEpoch } from '../lead/lease.ts';
import { notingDamage } from '../noting-damage.ts';
import type { View, WorldAt } from './worlds.ts';

export interface BuildPorts extends BuildAllPorts {
  /** The name under which this process leads: of this process alone, or the same after a restart where nobody else has the store. */
  readonly holder: string;
  /** Where those who build under one label agree on a leader (LE-16). */
  readonly lease: RecordKey;
}

export interface Builder {
  /** Builds the newest revision for every known view; calls while one runs share the one after it (BLD-1), which has all their reasons. */
  build(...reasons: readonly string[]): Promise<BuildReport>;
  /**
   * Builds one view within the poll that asks for it; polls that ask together share it. False when so many are under way that this
   * one is better asked for again (ROL-6).
   */
  buildOnDemand(view: View, world: WorldAt): Promise<boolean>;
  /** Lets another builder lead at once, for a process that may not come back. */
  stepDown(): Promise<void>;
}

/** Each takes processor time from the polls that need no build. */
const MAX_ON_DEMAND = 64;

export function builder(ports: BuildPorts): Builder {
  const { lease } = ports;
  // One lease per label: nobody takes it from a living holder.
  const candidate = leaseCandidate(ports, lease, { identity: ports.holder, key: '', mayTakeFrom: () => false });
  let fence = leaseEpoch(0);
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<BuildReport> | undefined;
  let asked = NO_REASONS;
  const onDemand = new Map<ViewKey, Promise<boolean>>();

  const buildNow = async (): Promise<BuildReport> => {
    next = undefined; // whatever is asked for from here on needs another build: this one reads its world now
    const reasons = asked;
    asked = NO_REASONS;
    for (const [reason, count] of reasons) ports.metrics.noteTrigger(reason, count);
    const reign = await lead(candidate, fence);
    if (reign === undefined) return { outcome: 'followed' };
    const { report, overtaken } = await buildAll(ports, reign, reasons);
    if (overtaken === 'no') return report;
    // Someone else wrote. Either another builder leads by now, or a first poll was faster, or the lease was lost and its reigns
    // are numbered anew: then this one has to go above what older reigns left behind.
    if (overtaken === 'by a later reign') fence = leaseEpoch((await ports.heads.newestEpoch()) + 1);
    const again = await lead(candidate, fence);
    return again === undefined ? { outcome: 'followed' } : (await buildAll(ports, again, reasons)).report;
  };
  return {
    build(...reasons) {
      asked = mergedReasons(asked, reasonsOf(reasons));
      next ??= running.then(() => notingDamage(ports.metrics, buildNow));
      running = next.catch(() => undefined); // the caller has the failure; the next build must not inherit it
      return next;
    },
    async buildOnDemand(view, world) {
      const under = onDemand.get(view.key);
      if (under) return under;
      if (onDemand.size >= MAX_ON_DEMAND) return false;
      const building = buildFirst(ports, { view, world }).finally(() => onDemand.delete(view.key));
      onDemand.set(view.key, building);
      return building;
    },
    async stepDown() {
      await running;
      await candidate.release();
    },
  };
}

/** `undefined` while another one leads. Throws what the store said when it cannot be known, so that the build is repeated. */
async function lead(candidate: LeaseCandidate, atLeast: LeaseEpoch): Promise<Reign | undefined> {
  const attempt = await candidate.attempt(atLeast);
  switch (attempt.outcome) {
    case 'leads':
      return attempt;
    case 'follows':
      return undefined;
    case 'unknown':
      throw attempt.error;
    default:
      return unreachable(attempt);
  }
}

/**
 * A snapshot of a view that no leader builds for yet, under the reign that is on: once another one has begun it is not published,
 * because the new leader may have found the old head as good as new (LE-20).
 */
async function buildFirst(ports: BuildPorts, { view, world }: Pick<ViewBuild, 'view' | 'world'>): Promise<true> {
  const reign = await currentReign(ports, ports.lease);
  ports.metrics.noteTrigger('proxy', 1);
  await sealAndPublish(ports, { view, world, reign });
  return true;
}
