import { claimPath } from '../base/claim-header.ts';
import { selects } from '../base/labels.ts';
import type { RequestAuthentication } from '../model/request-authentication.ts';
import { keyOf } from '../resources/resource.ts';
import type { GatewaySource } from '../world/gateways.ts';
import { nameResolver } from '../world/name-resolver.ts';
import { type AnalyzedMesh, ofKind } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';
import type { VirtualService } from './shadowed-routes.ts';

/** CLAIM-4: routes by claims at gateways where nobody checks tokens, so that there are no claims. */
export function claimsWithoutTokens(mesh: AnalyzedMesh): readonly Found[] {
  return ofKind(mesh, 'VirtualService').flatMap((virtualService) => {
    const [first] = claimConditions(virtualService);
    if (first === undefined) return [];
    return gatewaysOf(virtualService, mesh)
      .filter((gateway) => !checksTokens(gateway, mesh))
      .map(({ source }) => ({
        code: 'CLAIMS_WITHOUT_TOKENS',
        resource: keyOf(virtualService),
        path: first.path,
        message: `${first.header} is looked for at ${source}, where no RequestAuthentication has a rule`,
      }));
  });
}

interface ClaimCondition {
  readonly path: string;
  readonly header: string;
}

const claimConditions = ({ spec }: VirtualService): readonly ClaimCondition[] =>
  (spec.http ?? []).flatMap(({ match = [] }, rule) =>
    match.flatMap(({ headers, withoutHeaders }, index) =>
      Object.entries({ headers, withoutHeaders }).flatMap(([member, named]) =>
        Object.keys(named ?? {})
          .filter((header) => claimPath(header) !== undefined)
          .map((header) => ({ path: `spec.http[${rule}].match[${index}].${member}`, header })),
      ),
    ),
  );

function gatewaysOf({ metadata, spec }: VirtualService, { world }: AnalyzedMesh): readonly GatewaySource[] {
  const names = nameResolver(metadata.namespace, world.mesh.shortNameSuffix);
  const meant = new Set((spec.gateways ?? []).map((gateway) => names.gateway(gateway)));
  return world.gateways.filter(({ namespace, name }) => meant.has(`${namespace}/${name}`));
}

/** Whether some router of the gateway may have a rule: its labels are known only as far as the gateway names them. */
function checksTokens(gateway: GatewaySource, { world, proxies = [] }: AnalyzedMesh): boolean {
  const { requestAuthentications, mesh } = world;
  const routers = proxies.filter(({ type, labels }) => type === 'router' && selects(gateway.selector, labels));
  const namespaces = new Set([
    ...routers.map(({ namespace }) => namespace),
    gateway.routersIn ?? gateway.namespace,
    mesh.rootNamespace,
  ]);
  return [...namespaces].some((namespace) =>
    (requestAuthentications.get(namespace) ?? []).some(
      (policy) => policy.rules.length > 0 && mayBeFor(policy, gateway),
    ),
  );
}

function mayBeFor({ attachment }: RequestAuthentication, { selector = {} }: GatewaySource): boolean {
  if (attachment.by === 'targets') return true;
  return Object.entries(attachment.labels).every(([key, value]) => (selector[key] ?? value) === value);
}
