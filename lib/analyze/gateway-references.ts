import { hostsForNamespace, hostsOverlap } from '../base/host-name.ts';
import { printLabels, selects } from '../base/labels.ts';
import { MESH_GATEWAY } from '../model/route-table.ts';
import { keyOf } from '../resources/resource.ts';
import { nameResolver } from '../world/name-resolver.ts';
import { type AnalyzedMesh, listed, ofKind } from './analyzed-mesh.ts';
import type { Found } from './finding.ts';
import type { VirtualService } from './shadowed-routes.ts';

/** Gateways that VirtualServices name and nobody wrote, and those that open nothing for the hosts of whoever names them. */
export function gatewayReferences(mesh: AnalyzedMesh): readonly Found[] {
  return ofKind(mesh, 'VirtualService').flatMap((virtualService) =>
    references(virtualService, mesh).flatMap((reference) => problemOf(virtualService, reference, mesh)),
  );
}

/** Gateways that no proxy is a part of; nothing is known of that without proxies to ask. */
export function gatewaysWithoutProxies({ world, proxies }: AnalyzedMesh): readonly Found[] {
  if (proxies === undefined) return [];
  const routers = proxies.filter(({ type }) => type === 'router');
  return world.gateways.flatMap(({ source, selector, routersIn, attachedServices }): readonly Found[] => {
    const isMeant = ({ namespace, labels }: (typeof routers)[number]): boolean =>
      (routersIn ?? namespace) === namespace && selects(selector, labels);
    if (attachedServices !== undefined || routers.some(isMeant)) return [];
    const which = printLabels(selector ?? {});
    const where = routersIn === undefined ? '' : `in namespace ${routersIn} `;
    const message = `no router ${where}${which === '' ? '' : `with ${which} `}has polled within the last day`;
    return [{ code: 'GATEWAY_WITHOUT_PROXIES', resource: source, path: 'spec.selector', message }];
  });
}

interface Reference {
  readonly path: string;
  readonly gateway: string;
  /** Whether it stands in the list for all rules. */
  readonly isOfAll: boolean;
}

function references({ metadata, spec }: VirtualService, { world }: AnalyzedMesh): readonly Reference[] {
  const names = nameResolver(metadata.namespace, world.mesh.shortNameSuffix);
  const at = (gateways: readonly string[] | undefined, path: string, isOfAll: boolean): readonly Reference[] =>
    (gateways ?? []).map((gateway, index) => ({
      path: `${path}.gateways[${index}]`,
      gateway: names.gateway(gateway),
      isOfAll,
    }));
  const inRules = (['http', 'tcp', 'tls'] as const).flatMap((sort) =>
    (spec[sort] ?? []).flatMap(({ match = [] }, rule) =>
      match.flatMap(({ gateways }, index) => at(gateways, `spec.${sort}[${rule}].match[${index}]`, false)),
    ),
  );
  return [...at(spec.gateways, 'spec', true), ...inRules].filter(({ gateway }) => gateway !== MESH_GATEWAY);
}

function problemOf(
  virtualService: VirtualService,
  { path, gateway, isOfAll }: Reference,
  { world }: AnalyzedMesh,
): readonly Found[] {
  const resource = keyOf(virtualService);
  const found = world.gateways.find(({ namespace, name }) => `${namespace}/${name}` === gateway);
  if (found === undefined) {
    const [, name] = gateway.split('/');
    const alike = world.gateways.filter((each) => each.name === name).map(({ source }) => source);
    const hint = alike.length === 0 ? '' : `; ${listed(alike)} has that name`;
    return [{ code: 'GATEWAY_NOT_FOUND', resource, path, message: `there is no Gateway ${gateway}${hint}` }];
  }
  const { namespace } = virtualService.metadata;
  const hosts = (virtualService.spec.hosts ?? []).map((host) => host.toLowerCase());
  const served = found.servers.flatMap((server) => hostsForNamespace(server.hosts, namespace));
  if (!isOfAll || hosts.length === 0 || hosts.some((host) => served.some((each) => hostsOverlap(host, each))))
    return [];
  const all = listed(found.servers.flatMap((server) => server.hosts));
  const message = `${found.source} serves ${all === '' ? 'nothing' : all}, and none of ${listed(hosts)} for namespace ${namespace}`;
  return [{ code: 'GATEWAY_HOST_NOT_SERVED', resource, path, message }];
}
