import { parseProtocol } from '../../lib/model/protocol.ts';
import { readNode } from '../../lib/view/read-node.ts';
import { mergeGateways } from '../../lib/view/merge-gateways.ts';
import type { GatewayListener, GatewayServer, MergedGateway } from '../../lib/view/merged-gateway.ts';
import { viewFacts } from '../../lib/view/view-facts.ts';
import { buildWorld } from '../../lib/world/world.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, textAt, type Json } from './json.ts';

/** Merges the case's Gateways for one router, in the order given, and compares what each socket serves and by which names. */
export function judgeGatewayMerge({ body }: Case): Verdict {
  const gateways = listAt(body, 'gateways');
  if (gateways.some((each) => listAt(each, 'instances').length > 0)) {
    return { verdict: 'skipped', reason: 'it has instances beside its documents' };
  }
  const merged = mergedFor(body, gateways);
  if (merged === undefined) return { verdict: 'refused', reason: 'no router can be made of the case' };
  const expected = at(body, 'expected');
  const theirs = new Map(Object.entries((at(expected, 'mergedServers') ?? {}) as Record<string, Json>));
  const ours = new Map(merged.listeners.flatMap(entriesOf));
  const keys = [...new Set([...theirs.keys()].map(normalKey).concat([...ours.keys()]))];
  const byKey = new Map([...theirs].map(([key, value]) => [normalKey(key), value]));
  return judge([
    ...keys.map((key) => difference(`servers of ${key}`, recordedServers(byKey.get(key)), ours.get(key) ?? [])),
    difference('routes', recordedRoutes(expected), ownRoutes(merged)),
    difference('server names', recordedNames(expected), ownNames(merged)),
    difference('gateways', recordedGateways(expected, ours), ownGateways(merged)),
    difference('ports', recordedPorts(expected), ownPorts(merged)),
    difference('secrets', listAt(expected, 'verifiedCertificateReferences').map(String), merged.verifiedSecrets),
    difference('names passed on', listAt(expected, 'autoPassthroughSNIHosts').map(String), namesPassedOn(merged)),
  ]);
}

/** Cases without dates are in order of age already, and whom a Gateway selects was decided before. */
function mergedFor(body: Case['body'], gateways: readonly Json[]): MergedGateway | undefined {
  const documents = gateways.map((each, index) => {
    const written = at(each, 'gateway') as unknown as Resource<'Gateway'>;
    const metadata = { creationTimestamp: new Date(index * 1000).toISOString(), ...written.metadata };
    const { selector: _selector, ...spec } = written.spec;
    return { ...written, metadata, spec };
  });
  const identity = at(body, 'proxy', 'verifiedIdentity');
  const read = readNode({
    type: 'router',
    namespace: textAt(identity, 'Namespace') || 'none',
    serviceAccount: textAt(identity, 'ServiceAccount'),
    ips: ['10.0.0.1'],
  });
  if (!read.ok) return undefined;
  const world = buildWorld(documents).value;
  return mergeGateways(world, viewFacts(world, read.value)).value;
}

/** Protocols are compared as they are read, whatever the letters. */
function normalKey(key: string): string {
  const [port = '', protocol, bind = ''] = key.split('|');
  return `${port}|${parseProtocol(protocol)}|${bind}`;
}

function entriesOf({ port, bind, servers }: GatewayListener): readonly (readonly [string, readonly string[]])[] {
  const key = `${port}|${servers[0]?.protocol ?? ''}|${bind}`;
  return [[key, servers.map(ownServer)]];
}

const ownServer = ({ portName, hosts }: GatewayServer): string => `${portName} ${[...hosts].sort().join()}`;
const recordedServer = (server: Json | undefined): string =>
  `${textAt(at(server, 'port'), 'name')} ${listAt(server, 'hosts').map(String).sort().join()}`;
const recordedServers = (entry: Json | undefined): readonly string[] => listAt(entry, 'servers').map(recordedServer);

const recordedRoutes = (expected: Json | undefined): readonly string[] =>
  Object.entries((at(expected, 'serversByRouteName') ?? {}) as Record<string, Json>).map(
    ([name, servers]) => `${name}: ${(servers as Json[]).map(recordedServer).join(' + ')}`,
  );

function ownRoutes({ listeners }: MergedGateway): readonly string[] {
  return listeners.flatMap((listener) =>
    listener.type === 'plain-http'
      ? [`${listener.routeName}: ${listener.servers.map(ownServer).join(' + ')}`]
      : listener.servers
          .filter(({ httpsRouteName }) => httpsRouteName !== '')
          .map((server) => `${server.httpsRouteName}: ${ownServer(server)}`),
  );
}

/** Of servers with TLS settings; what Istio keeps of those that it rejects leads nowhere. */
const recordedNames = (expected: Json | undefined): readonly string[] =>
  listAt(expected, 'tlsServerInfo')
    .filter((each) => isMerged(expected, at(each, 'server')))
    .map((each) => listAt(each, 'sniHosts').map(String).sort().join());

function ownNames({ listeners }: MergedGateway): readonly string[] {
  return listeners
    .flatMap(({ servers }) => servers)
    .filter(({ tls }) => tls.type !== 'undeclared')
    .map(({ hosts }) => [...new Set(hosts.map((host) => host.slice(host.indexOf('/') + 1)))].sort().join());
}

const recordedGateways = (
  expected: Json | undefined,
  merged: ReadonlyMap<string, readonly string[]>,
): readonly string[] => {
  const served = new Set([...merged.values()].flat());
  return listAt(expected, 'gatewayNameForServer')
    .filter((each) => served.has(recordedServer(at(each, 'server'))))
    .map((each) => `${textAt(each, 'gateway')} ${recordedServer(at(each, 'server'))}`);
};

const ownGateways = ({ listeners }: MergedGateway): readonly string[] =>
  listeners.flatMap(({ servers }) => servers).map((server) => `${server.gatewayName} ${ownServer(server)}`);

const isMerged = (expected: Json | undefined, server: Json | undefined): boolean =>
  Object.values((at(expected, 'mergedServers') ?? {}) as Record<string, Json>).some((entry) =>
    recordedServers(entry).includes(recordedServer(server)),
  );

/** Under 0 are those whose route's name Istio cannot read back. */
const recordedPorts = (expected: Json | undefined): readonly string[] =>
  Object.entries((at(expected, 'portMap') ?? {}) as Record<string, Json>).flatMap(([, ports]) =>
    (ports as Json[]).map(String),
  );

const ownPorts = ({ listeners }: MergedGateway): readonly string[] =>
  listeners
    .filter(({ type, servers }) => type === 'plain-http' || servers.some(({ httpsRouteName }) => httpsRouteName !== ''))
    .flatMap(({ servers }) => servers.map(({ port }) => String(port)));

const namesPassedOn = ({ listeners }: MergedGateway): readonly string[] =>
  listeners
    .flatMap(({ servers }) => servers)
    .filter(({ tls }) => tls.type === 'auto-passthrough')
    .flatMap(({ hosts }) => hosts);

/** Sets, because the order of sockets has no meaning. */
function difference(what: string, theirs: readonly string[], ours: readonly string[]): string | undefined {
  const [left, right] = [theirs, ours].map((each) => JSON.stringify([...new Set(each)].sort()));
  return left === right ? undefined : `${what}: Istio ${left}, here ${right}`;
}
