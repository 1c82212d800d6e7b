import type { AnalyzedMesh } from './analyzed-mesh.ts';
import { claimsWithoutTokens } from './claims-without-tokens.ts';
import { conflictingGateways } from './conflicting-gateways.ts';
import { conflictingHosts } from './conflicting-hosts.ts';
import { mergedRules, rulesWithoutTargets } from './destination-rules.ts';
import { unknownDestinations } from './destinations.ts';
import { egressHostsWithoutTargets } from './egress-hosts.ts';
import { exportsToNobody } from './exports.ts';
import type { Finding, Found } from './finding.ts';
import { findingCodes, type Severity } from './finding-codes.ts';
import { gatewayReferences, gatewaysWithoutProxies } from './gateway-references.ts';
import { shadowedRoutes } from './shadowed-routes.ts';
import { stageIssues } from './stage-issues.ts';

/** Every analyzer. A new one is one row and one file, with its codes in `finding-codes.ts`. */
const analyzers: readonly ((mesh: AnalyzedMesh) => readonly Found[])[] = [
  unknownDestinations,
  shadowedRoutes,
  gatewayReferences,
  gatewaysWithoutProxies,
  claimsWithoutTokens,
  conflictingGateways,
  conflictingHosts,
  rulesWithoutTargets,
  mergedRules,
  exportsToNobody,
  egressHostsWithoutTargets,
];

/**
 * What is wrong between the objects of a mesh, each thing once: worst first, then by object, path and code. What the stages
 * reported while they built for the proxies that were tried is part of it.
 */
export function analyze(mesh: AnalyzedMesh): readonly Finding[] {
  const found = analyzers.flatMap((find) => find(mesh));
  const all = [...found.map(withMeaning), ...stageIssues(mesh.issues, found)];
  const once = new Map(all.map((finding) => [identityOf(finding), finding]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, finding]) => finding);
}

function withMeaning({ code, resource, path, message }: Found): Finding {
  const { severity, remedy } = findingCodes[code];
  return { code, severity, resource, path, message, remedy };
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What tells two findings apart, so that texts sort as findings do. */
const identityOf = ({ severity, resource, path, code, message }: Finding): string =>
  [ranks[severity], resource, path, code, message].join('\n');
