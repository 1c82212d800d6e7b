import { orNothing } from '../config/or-nothing.ts';
import { loopStatuses, type StatusInput } from './proxy-status.ts';
import type { StoredReports } from './view-report.ts';

/** A resource that a proxy may have refused, and the documents that it was made of (DLV-5). */
export interface Suspect {
  /** As `type/name`. */
  readonly resource: string;
  /** Keys of documents; none for a resource that no document made, or that the served snapshot has no more. */
  readonly objects: readonly string[];
}

/** What is suspected of being the reason why a proxy did not take a version; empty for a proxy that took everything. */
export async function suspectDocuments(reports: StoredReports, input: StatusInput): Promise<readonly Suspect[]> {
  // Most proxies took everything, which is seen without working out how each loop stands.
  if (!Object.values(input.state.channels).some(({ rejected }) => rejected !== undefined)) return [];
  const resources = loopStatuses(input).flatMap(({ type, status, suspects }) =>
    status === 'REJECTED' ? suspects.map((name) => `${type}/${name}`) : [],
  );
  if (resources.length === 0) return [];
  const hash = input.head?.report;
  const report = hash && (await orNothing(reports.root(hash)));
  const sources = report && (await orNothing(reports.all(report)));
  return resources.map((resource) => ({
    resource,
    objects: [...(sources ?? [])].flatMap(([document, made]) => (made.includes(resource) ? [document] : [])),
  }));
}
