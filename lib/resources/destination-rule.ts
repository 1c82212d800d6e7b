import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { quoted } from '../base/quoted.ts';
import { checkSubsetName } from './destination-checks.ts';
import { checkExportTo } from './export-to-checks.ts';
import { exportTo, workloadSelector } from './field-shapes.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { checkLabels, checkSelector } from './name-checks.ts';
import { wildcardHostProblem } from './name-problems.ts';
import { checkTrafficPolicy } from './traffic-policy-checks.ts';
import { subset, trafficPolicy, type SubsetSpec } from './traffic-policy-spec.ts';

const destinationRuleSpec = z
  .strictObject({
    host: z
      .string()
      .exactOptional()
      .describe('Name of the service that this is about; a short name is completed with the namespace of this object.'),
    trafficPolicy: trafficPolicy
      .exactOptional()
      .describe('How connections to the service are made, kept and shared out.'),
    subsets: z
      .array(subset)
      .exactOptional()
      .describe('Named groups of instances, by labels, which routes can send to.'),
    exportTo: exportTo.exactOptional().describe('Namespaces that see this: names, . for its own, * for all.'),
    workloadSelector: workloadSelector
      .exactOptional()
      .describe('The workloads of this namespace whose calls this governs; all unless it is said.'),
  })
  .describe('How connections to a service are made and shared out, and the subsets of its instances.');

export type DestinationRuleSpec = Immutable<z.infer<typeof destinationRuleSpec>>;

/** DestinationRule: how connections to a host are made and shared out, and the host's subsets. */
export const destinationRule = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'destinationrules',
  isNamespaced: true,
  body: 'spec',
  reach: 'exported',
  schema: destinationRuleSpec,
  validate: checkDestinationRule,
} satisfies KindDefinition<typeof destinationRuleSpec>;

/** DR-37..41: what Istio's admission would say. */
function checkDestinationRule({ metadata, spec }: Subject<DestinationRuleSpec>, log: FindingLog): void {
  const { namespace } = metadata;
  const { host = '', trafficPolicy: policy, exportTo: shownTo, workloadSelector: selector } = spec;
  const problem = wildcardHostProblem(host);
  if (problem !== undefined) log.at('spec.host').error(host === '' ? 'REQUIRED' : 'INVALID_VALUE', problem);
  if (policy !== undefined) checkTrafficPolicy(log.at('spec.trafficPolicy'), policy, namespace);
  checkSubsets(log, spec.subsets ?? [], namespace);
  checkExportTo(log, shownTo, { namespace, isService: false, selectsWorkloads: selector !== undefined });
  if (selector === undefined) return;
  checkSelector(log.at('spec.workloadSelector.matchLabels'), selector.matchLabels);
  if (Object.keys(selector.matchLabels ?? {}).length === 0) {
    const message = 'workload selector specified without labels; the rule is for every workload of its namespace';
    log.at('spec.workloadSelector').warning('INEFFECTIVE', message);
  }
}

function checkSubsets(log: FindingLog, subsets: readonly SubsetSpec[], namespace: string): void {
  const names = new Set<string>();
  for (const [index, { name = '', labels, trafficPolicy: policy }] of subsets.entries()) {
    const here = log.at(`spec.subsets[${index}]`);
    if (names.has(name)) here.at('name').error('DUPLICATE', `duplicate subset names: ${quoted(name)}; rename one`);
    names.add(name);
    checkSubsetName(here.at('name'), name);
    checkLabels(here.at('labels'), labels);
    if (policy !== undefined) checkTrafficPolicy(here.at('trafficPolicy'), policy, namespace);
  }
}
