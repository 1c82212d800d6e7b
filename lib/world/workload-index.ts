import { type Labels, selects } from '../base/labels.ts';
import type { Recall } from '../base/recall.ts';
import type { Workload } from './workload.ts';

/** Finds the workloads that a selector selects, in their order, without looking at all of them. */
export type SelectWorkloads = (selector: Labels) => readonly Workload[];

/** Of one namespace; made again only when a workload of the namespace changed. */
export function workloadIndex(workloads: readonly Workload[], recall: Recall): SelectWorkloads {
  return recall.value('workload index', [workloads], () => {
    const byPair = new Map<string, Workload[]>();
    for (const workload of workloads) {
      for (const [key, value] of Object.entries(workload.labels)) {
        const pair = pairOf(key, value);
        const same = byPair.get(pair);
        if (same === undefined) byPair.set(pair, [workload]);
        else same.push(workload);
      }
    }
    return (selector) => {
      const candidates = Object.entries(selector).map(([key, value]) => byPair.get(pairOf(key, value)) ?? []);
      const fewest = candidates.reduce<readonly Workload[]>(
        (best, some) => (some.length < best.length ? some : best),
        workloads,
      );
      return fewest.filter((workload) => selects(selector, workload.labels));
    };
  });
}

const pairOf = (key: string, value: string): string => `${key}=${value}`;
