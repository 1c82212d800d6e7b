import type { z } from 'zod';
import type { Issue } from '../base/issue.ts';
import { findingLog, type FindingLog } from './finding.ts';
import { checkMeshConfig, checkMeshNetworks } from './mesh-checks.ts';
import { meshConfig } from './mesh-config.ts';
import { meshNetworks } from './mesh-networks.ts';
import { checkProxyConfig } from './mesh-proxy-checks.ts';
import { proxyConfig } from './mesh-proxy-config.ts';
import { checkShape } from './shape-checks.ts';
import { withoutUnsetMembers } from './written-body.ts';

/** Judges by Istio's name of it: parts of the mesh's settings that are no documents of their own. */
const judges: Readonly<Record<string, (log: FindingLog, object: unknown) => void>> = {
  ValidateMeshConfig: judgeWith(meshConfig, checkMeshConfig),
  ValidateMeshNetworks: judgeWith(meshNetworks, checkMeshNetworks),
  ValidateMeshConfigProxyConfig: judgeWith(proxyConfig, checkProxyConfig),
};

/** Issues of an object that is such a part, as it stands and without defaults; undefined when it is none. */
export function meshCaseIssues(object: unknown, validator: unknown): readonly Issue[] | undefined {
  const judgeOf = typeof validator === 'string' && Object.hasOwn(judges, validator) ? judges[validator] : undefined;
  if (judgeOf === undefined || (typeof object === 'object' && object !== null && 'kind' in object)) return undefined;
  const log = findingLog();
  judgeOf(log, object);
  return log.found;
}

function judgeWith<Schema extends z.ZodType>(
  schema: Schema,
  check: (log: FindingLog, read: z.infer<Schema>) => void,
): (log: FindingLog, object: unknown) => void {
  return (log, object) => {
    const written = withoutUnsetMembers(schema, object);
    const read = schema.safeParse(written);
    if (read.success) check(log, read.data);
    else checkShape(log, schema, written);
  };
}
