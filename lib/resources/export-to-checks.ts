import type { FindingLog } from './finding.ts';
import { isDnsLabel } from './name-problems.ts';

/** Whose exportTo it is: only services may be hidden from everybody, and a rule for some workloads stays in its namespace. */
export interface ExportToOwner {
  readonly namespace: string;
  readonly isService: boolean;
  /** DR-41 */
  readonly selectsWorkloads: boolean;
}

/** SE-32, DR-41: who a resource may be shown to. */
export function checkExportTo(log: FindingLog, exportTo: readonly string[] | undefined, owner: ExportToOwner): void {
  if (exportTo === undefined || exportTo.length === 0) return;
  const reached = reachedNamespaces(log, exportTo, owner);
  if (owner.selectsWorkloads && reached.size > 0) checkOwnNamespaceOnly(log, reached, owner.namespace);
  if (exportTo.length < 2) return;
  if (reached.has('*')) {
    const message = 'cannot have both public (*) and non-public exportTo values for a resource; "*" alone says it all';
    log.at('spec.exportTo').error('CONFLICT', message);
  }
  if (reached.has('~')) {
    log
      .at('spec.exportTo')
      .error('CONFLICT', 'cannot export service entry to no one (~) and someone; keep one of them');
  }
}

/** The entries with `.` written out; those that are wrong or there twice are noted and left out. */
function reachedNamespaces(log: FindingLog, exportTo: readonly string[], owner: ExportToOwner): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const [index, entry] of exportTo.entries()) {
    const here = log.at(`spec.exportTo[${index}]`);
    const namespace = entry === '.' ? owner.namespace : entry;
    const problem = entryProblem(entry, namespace, owner.isService);
    if (reached.has(namespace)) here.error('DUPLICATE', duplicateMessage(entry, namespace));
    else if (problem !== undefined) here.error('INVALID_VALUE', problem);
    else reached.add(namespace);
  }
  return reached;
}

const duplicateMessage = (entry: string, namespace: string): string =>
  entry === namespace
    ? `duplicate entries in exportTo for entry ${entry}; remove one`
    : `duplicate entries in exportTo: . and current namespace ${namespace}; remove one`;

function entryProblem(entry: string, namespace: string, isService: boolean): string | undefined {
  if (entry === '~') {
    return isService
      ? undefined
      : 'exportTo ~ (none) is not allowed for Istio configuration objects; delete the object';
  }
  // An object that is checked without a namespace may still say "my own".
  if (entry === '*' || entry === '.' || isDnsLabel(namespace)) return undefined;
  return `only .,*, or a valid DNS 1123 label is allowed as exportTo entry, not "${entry}"`;
}

function checkOwnNamespaceOnly(log: FindingLog, reached: ReadonlySet<string>, namespace: string): void {
  if (!reached.has(namespace)) {
    const message = 'destination rule with workload selector cannot have exportTo beyond current namespace; write "."';
    log.at('spec.exportTo').error('CONFLICT', message);
  } else if (reached.size > 1) {
    const message = 'destination rule with workload selector cannot have multiple entries in exportTo; write "." alone';
    log.at('spec.exportTo').error('CONFLICT', message);
  }
}
