import { parseProtocol } from '../../lib/model/protocol.ts';
import { serviceKey, type Service } from '../../lib/model/service.ts';
import type { Visibility } from '../../lib/model/visibility.ts';
import { resourceKey, type Resource } from '../../lib/resources/resource.ts';
import { buildProxyView } from '../../lib/view/build-proxy-view.ts';
import { readNode } from '../../lib/view/read-node.ts';
import type { SidecarScope } from '../../lib/view/sidecar-scope.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import type { VisibleService } from '../../lib/view/visible-service.ts';
import { buildWorld, type World } from '../../lib/world/world.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** Builds the scope of a proxy in the case's namespace from its services, tables and Sidecar, and compares what it imports. */
export function judgeSidecarScope({ body }: Case): Verdict {
  const namespace = textAt(body, 'configNamespace');
  const world = worldOf(body, namespace);
  const proxy = readNode({ type: 'sidecar', namespace, ips: ['10.0.0.1'] });
  if (!proxy.ok) return { verdict: 'refused', reason: 'no proxy can be made of the case' };
  const { scope, services } = buildProxyView(world, viewFacts(world, proxy.value)).value;
  const expected = at(body, 'expected');
  return judge([
    difference('services', listAt(expected, 'services').map(recorded), services.map(seen)),
    difference('policy', textAt(expected, 'outboundTrafficPolicy', 'mode') || 'REGISTRY_ONLY', modeOf(scope)),
    ...listAt(expected, 'egressListeners').flatMap((listener, index) => {
      const own = scope.egress[index];
      return [
        difference(`services of ${index}`, listAt(listener, 'services').map(recorded), (own?.services ?? []).map(seen)),
        difference(
          `tables of ${index}`,
          listAt(listener, 'virtualServices').map(String),
          (own?.routeTables ?? []).map((table) => `${table.namespace}/${table.name}`),
        ),
      ];
    }),
  ]);
}

function worldOf(body: Case['body'], namespace: string): World {
  const indexes = listAt(body, 'virtualServices').flatMap((index) => [
    ...Object.values((at(index, 'publicByGateway') ?? {}) as Record<string, Json>),
    ...Object.values((at(index, 'privateByNamespaceAndGateway') ?? {}) as Record<string, Json>),
    ...Object.values((at(index, 'exportedToNamespaceByGateway') ?? {}) as Record<string, Json>),
  ]);
  const tables = indexes.flatMap((list) => (Array.isArray(list) ? (list as Json[]) : []));
  const sidecar = at(body, 'sidecar');
  const documents = [
    ...tables,
    ...(sidecar === undefined ? [] : [{ kind: 'Sidecar', metadata: { name: 'own', namespace }, spec: sidecar }]),
  ] as unknown as Resource[];
  const mesh = { kind: 'Mesh', metadata: { name: 'default', namespace: '' }, spec: { meshConfig: at(body, 'mesh') } };
  const world = buildWorld([...documents, mesh as unknown as Resource]).value;
  return { ...world, services: united(listAt(body, 'services').map((each, index) => serviceOf(each, index))) };
}

/** A host of a namespace is one service here (SR-4): the Service of that name, else the oldest, with the ports of all that are alike. */
function united(services: readonly Service[]): readonly Service[] {
  const byKey = Map.groupBy(services.toSorted(byClaim), ({ namespace, hostname }) => serviceKey(namespace, hostname));
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const ports = same.filter((each) => likeness(each) === likeness(first)).flatMap((each) => each.ports);
    const byNumber = new Map(ports.toReversed().map((port) => [port.number, port])); // the first of a number stays
    return [{ ...first, ports: ports.filter((port) => byNumber.get(port.number) === port) }];
  });
}

function byClaim(a: Service, b: Service): number {
  const [left, right] = [a, b].map(({ registry, createdAt }) => `${registry === 'kubernetes' ? 0 : 1} ${createdAt}`);
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
}

const likeness = ({ registry, resolution, visibility, labels }: Service): string =>
  JSON.stringify([registry, resolution, visibility, labels]);

function serviceOf(entry: Json, index: number): Service {
  const written = at(entry, 'service');
  const attributes = at(written, 'Attributes');
  const hostname = textAt(written, 'Hostname');
  const namespace = textAt(attributes, 'Namespace');
  return {
    source: resourceKey('ServiceEntry', namespace, `s${index}`),
    hostname,
    namespace,
    name: hostname,
    registry: textAt(attributes, 'ServiceRegistry') === 'Kubernetes' ? 'kubernetes' : 'external',
    createdAt: textAt(written, 'CreationTime'),
    resolution: numberAt(written, 'Resolution') === 1 ? 'dns' : 'static',
    addresses: [],
    ports: listAt(written, 'Ports').map((port) => ({
      name: textAt(port, 'Name'),
      number: numberAt(port, 'Port'),
      protocol: parseProtocol(textAt(port, 'Protocol')),
    })),
    isMeshExternal: false,
    visibility: visibilityOf(textAt(entry, 'visibility'), namespace),
    labels: {
      ...((at(attributes, 'Labels') ?? {}) as Record<string, string>),
      ...((at(attributes, 'LabelSelectors') ?? {}) as Record<string, string>),
    },
    accounts: [],
  };
}

function visibilityOf(text: string, namespace: string): Visibility {
  if (text === 'public') return { to: 'everyone' };
  const [, to = namespace] = text.split(':');
  return { to: 'namespaces', namespaces: [to] };
}

const recorded = (service: Json): string =>
  `${textAt(service, 'namespace')}/${textAt(service, 'hostname')} ${listAt(service, 'ports')
    .map((port) => (typeof port === 'string' ? port.split('/')[1] : ''))
    .join()}`;
const seen = ({ service: { namespace, hostname, ports } }: VisibleService): string =>
  `${namespace}/${hostname} ${ports.map(({ number }) => number).join()}`;
const MODES = { 'allow-any': 'ALLOW_ANY', 'look-up': 'ALLOW_ANY_DYNAMIC_DNS', 'registry-only': 'REGISTRY_ONLY' };
const modeOf = ({ outboundPolicy }: SidecarScope): string => MODES[outboundPolicy.mode];

function difference(
  what: string,
  theirs: string | readonly string[],
  ours: string | readonly string[],
): string | undefined {
  const [left, right] = [theirs, ours].map((each) =>
    JSON.stringify(typeof each === 'string' ? each : [...each].sort()),
  );
  return left === right ? undefined : `${what}: Istio ${left}, here ${right}`;
}
