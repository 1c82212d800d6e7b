import { isSubsetOf, isWildcard } from '../base/host-name.ts';
import { printLabels, selects } from '../base/labels.ts';
import { serviceKey, type Endpoint, type Service } from '../model/service.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { nameResolver } from '../world/name-resolver.ts';
import type { ConsolidatedPolicy } from '../world/host-policies.ts';
import type { World } from '../world/world.ts';
import { type AnalyzedMesh, listed, ofKind } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';

type DestinationRule = Resource<'DestinationRule'>;

/** DestinationRules for hosts that are no services, and subsets of services that no endpoint belongs to. */
export function rulesWithoutTargets(mesh: AnalyzedMesh): readonly Found[] {
  const byHost = Map.groupBy(mesh.world.services, ({ hostname }) => hostname);
  return ofKind(mesh, 'DestinationRule').flatMap((rule): readonly Found[] => {
    const resource = keyOf(rule);
    const host = hostOf(rule, mesh.world);
    const services = isWildcard(host)
      ? mesh.world.services.filter(({ hostname }) => isSubsetOf(hostname, host))
      : (byHost.get(host) ?? []);
    if (services.length > 0) return emptySubsets(rule, services, mesh.world);
    const message = `no service is called ${host === '' ? 'by the empty name' : host}`;
    return [{ code: 'DESTINATION_RULE_WITHOUT_SERVICE', resource, path: 'spec.host', message }];
  });
}

const hostOf = ({ metadata, spec }: DestinationRule, { mesh }: World): string =>
  nameResolver(metadata.namespace, mesh.shortNameSuffix).host(spec.host);

function emptySubsets(rule: DestinationRule, services: readonly Service[], { endpoints }: World): readonly Found[] {
  const served = services.flatMap(
    ({ namespace, hostname }): readonly Endpoint[] => endpoints.get(serviceKey(namespace, hostname)) ?? [],
  );
  if (served.length === 0) return []; // nobody knows yet who will serve it
  return (rule.spec.subsets ?? []).flatMap(({ name = '', labels = {} }, index): readonly Found[] => {
    if (served.some((endpoint) => selects(labels, endpoint.labels))) return [];
    const clusters = services.map(({ hostname }) => `|${name}|${hostname}`);
    const [wanted, has] = [printLabels(labels), listed(served.flatMap((endpoint) => valuesOf(endpoint, labels)))];
    const message = `no endpoint of ${rule.spec.host} has ${wanted} of subset ${name}${has === '' ? '' : `; there is ${has}`}`;
    return [
      {
        code: 'SUBSET_WITHOUT_ENDPOINTS',
        resource: keyOf(rule),
        path: `spec.subsets[${index}].labels`,
        message,
        clusters,
      },
    ];
  });
}

/** What an endpoint has in place of the labels that a subset asks for. */
const valuesOf = ({ labels }: Endpoint, asked: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(asked).flatMap((label) => (labels[label] === undefined ? [] : [`${label}=${labels[label]}`]));

/** DestinationRules of one host and namespace of which one is merged into the other, or has no effect beside it (DR-5 to DR-9). */
export function mergedRules(mesh: AnalyzedMesh): readonly Found[] {
  const rules = new Map<string, DestinationRule>(ofKind(mesh, 'DestinationRule').map((rule) => [keyOf(rule), rule]));
  const tables = [...mesh.world.trafficPolicies.local.values()];
  return tables
    .flatMap(({ exact, wildcards }) => [...exact.values(), ...wildcards.values()])
    .flatMap((policies) => [...policies.flatMap((policy) => mergedInto(policy, rules)), ...hiddenAmong(policies)]);
}

function mergedInto({ from, host }: ConsolidatedPolicy, rules: ReadonlyMap<string, DestinationRule>): readonly Found[] {
  const [first, ...others] = from;
  let owner = from.find((key) => rules.get(key)?.spec.trafficPolicy !== undefined);
  return others.flatMap((resource): readonly Found[] => {
    const policyOwner = owner;
    if (resource === owner) owner = resource;
    const says = rules.get(resource)?.spec.trafficPolicy !== undefined;
    if (says && policyOwner !== undefined && policyOwner !== resource) {
      const message = `its trafficPolicy for ${host} is ignored: ${policyOwner} has one and comes first`;
      return [{ code: 'DESTINATION_RULE_IGNORED', resource, path: 'spec.trafficPolicy', message }];
    }
    const message = `is merged into ${first ?? ''}, which comes first for ${host}`;
    return [{ code: 'DESTINATION_RULE_MERGED', resource, path: '', message }];
  });
}

/** Of several that are for all clients and were not merged, the last one counts. */
function hiddenAmong(policies: readonly ConsolidatedPolicy[]): readonly Found[] {
  const forAll = policies.filter(({ workloadSelector }) => workloadSelector === undefined);
  const winner = forAll.at(-1);
  return forAll.slice(0, -1).flatMap(({ from, host, namespace }): readonly Found[] =>
    from.map((resource) => ({
      code: 'DESTINATION_RULE_IGNORED',
      resource,
      path: '',
      message: `clients of namespace ${namespace} follow ${winner?.from[0] ?? ''} for ${host}, which is exported otherwise and comes later`,
    })),
  );
}
