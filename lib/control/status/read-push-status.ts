import type { Records } from '../../ports/records.ts';
import { newestBuild } from '../build/build-outcome.ts';
import { orNothing } from '../config/or-nothing.ts';
import { type FoundProblems, type PushStatus, pushStatus } from './push-status.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import type { StoredReports } from './view-report.ts';

export interface PushStatusPorts {
  readonly records: Pick<Records, 'get'>;
  readonly heads: Pick<ServedHeads, 'all'>;
  readonly reports: Pick<StoredReports, 'root'>;
}

/**
 * Problems of the newest build that ended, and of what every view serves. It is read from what builds published, whichever process
 * built: nobody sees a half-built one (PM-6). `undefined` before the first build.
 */
export type ReadPushStatus = () => Promise<PushStatus | undefined>;

export function pushStatusReader({ records, heads, reports }: PushStatusPorts): ReadPushStatus {
  return async () => {
    const build = await newestBuild(records);
    if (build === undefined) return undefined;
    const found: FoundProblems[] = [{ view: '', issues: build.issues }];
    for await (const { id, record } of heads.all()) {
      const report = record.report && (await orNothing(reports.root(record.report)));
      if (report) found.push({ view: id, issues: report.issues });
    }
    return pushStatus(found);
  };
}
