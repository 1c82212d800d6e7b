import type { Issue } from '../base/issue.ts';
import type { Step } from './explanation.ts';

/** Whether an issue is about an object that some step names. */
export function isAbout(steps: readonly Step[]): (issue: Issue) => boolean {
  const named = new Set<string>(
    steps.flatMap(({ decidedBy, lost }) => [...decidedBy, ...lost].map(({ resource }) => resource)),
  );
  return ({ resource }) => resource !== undefined && named.has(resource);
}
