import type { Issue } from '../base/issue.ts';
import type { Finding, Found } from './finding.ts';
import { findingCodes } from './finding-codes.ts';
import { stageRemedies } from './stage-codes.ts';

/** Codes of stages that an analyzer says more closely about the same object. */
const saidCloser: Readonly<Record<string, Found['code']>> = {
  DESTINATION_NOT_FOUND: 'DESTINATION_NOT_FOUND',
  SUBSET_NOT_FOUND: 'SUBSET_NOT_FOUND',
  DUPLICATE_DOMAIN: 'CONFLICTING_HOSTS',
};

/** What the stages reported, as findings; without what `found` says more closely. */
export function stageIssues(issues: readonly Issue[], found: readonly Found[]): readonly Finding[] {
  const said = new Set(found.map(({ code, resource }) => `${code} ${resource}`));
  const clusters = found.flatMap((each) => each.clusters ?? []);
  return issues.flatMap(({ code, resource, severity, path, message, subject }): readonly Finding[] => {
    if (resource === undefined) return [];
    if (subject !== undefined && clusters.some((end) => subject.endsWith(end))) return [];
    if (code in saidCloser && said.has(`${saidCloser[code]} ${resource}`)) return [];
    const known = Object.hasOwn(findingCodes, code) ? findingCodes[code as Found['code']] : undefined;
    const remedy = known?.remedy ?? stageRemedies[code] ?? '';
    return [{ code, severity: known?.severity ?? severity, resource, path, message, remedy }];
  });
}
