import type { Issue, Noted } from '../base/issue.ts';
import { recallList, recallNothing, type Recall } from '../base/recall.ts';
import { oldestFirst } from '../base/age.ts';
import { isUnixSocket, socketPath } from '../base/unix-socket.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { parseProtocol } from '../model/protocol.ts';
import type {
  CaptureMode,
  EgressSource,
  IngressListener,
  ListenerPlace,
  OutboundPolicy,
  ScopedHost,
  SidecarSource,
  WorkloadEndpoint,
} from '../model/sidecar.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import type { EgressListenerSpec, IngressListenerSpec, SidecarPortSpec, SidecarSpec } from '../resources/sidecar.ts';
import { nameResolver } from './name-resolver.ts';
import { readConnectionPool } from './traffic-policy-blocks.ts';

/** SC-1, SC-2: those with a selector first, each group oldest first. Of several without one in a namespace the oldest stays (SC-5). */
export function readSidecars(
  resources: readonly Resource[],
  mesh: MeshSettings,
  recall: Recall = recallNothing,
): Noted<readonly SidecarSource[]> {
  const all = resources
    .flatMap((resource) =>
      resource.kind === 'Sidecar'
        ? [recall.value(`sidecar ${keyOf(resource)}`, [resource, mesh], () => readSidecar(resource, mesh))]
        : [],
    )
    .sort(oldestFirst);
  const forAll = new Map<string, SidecarSource>();
  const issues: Issue[] = [];
  for (const sidecar of all.filter(({ workloadSelector }) => workloadSelector === undefined)) {
    const first = forAll.get(sidecar.namespace);
    if (first === undefined) forAll.set(sidecar.namespace, sidecar);
    else issues.push(unused(sidecar, first));
  }
  const selecting = all.filter(({ workloadSelector }) => workloadSelector !== undefined);
  return { value: recallList(recall, 'sidecars', [...selecting, ...forAll.values()]), issues };
}

function readSidecar(resource: Resource<'Sidecar'>, mesh: MeshSettings): SidecarSource {
  const { metadata, spec } = resource;
  const { workloadSelector, egress = [], ingress = [], inboundConnectionPool } = spec;
  const listeners = egress.length === 0 ? [{ hosts: ['*/*'] }] : egress; // SC-6
  return {
    source: keyOf(resource),
    name: metadata.name,
    namespace: metadata.namespace,
    createdAt: metadata.creationTimestamp ?? '',
    workloadSelector: workloadSelector && (workloadSelector.labels ?? {}),
    egress: listeners.map(readEgress),
    ingress: ingress.flatMap(readIngress),
    outboundPolicy: readPolicy(spec.outboundTrafficPolicy, nameResolver(metadata.namespace, mesh.shortNameSuffix)),
    inboundPool: inboundConnectionPool && readConnectionPool(inboundConnectionPool),
  };
}

const CAPTURES: Readonly<Record<NonNullable<EgressListenerSpec['captureMode']>, CaptureMode>> = {
  DEFAULT: 'default',
  IPTABLES: 'redirected',
  NONE: 'none',
};

const placeOf = ({ bind = '', captureMode = 'DEFAULT' }: EgressListenerSpec): Omit<ListenerPlace, 'port'> => ({
  bind,
  capture: CAPTURES[captureMode],
});

const readPort = ({ number = 0, protocol, name = '' }: SidecarPortSpec): ListenerPlace['port'] => ({
  number,
  protocol: parseProtocol(protocol),
  name,
});

function readEgress(spec: EgressListenerSpec): EgressSource {
  const { port, hosts = [] } = spec;
  return { ...placeOf(spec), port: port && readPort(port), hosts: hosts.flatMap(readHost) };
}

/** SC-6: an entry of another form than `namespace/host` means nothing. `~` alone keeps hosts of every namespace out (SC-7). */
function readHost(entry: string): readonly ScopedHost[] {
  const [scope = '', host, ...rest] = entry.toLowerCase().split('/');
  if (host === undefined || rest.length > 0) return [];
  if (!scope.startsWith('~')) return [{ namespace: scope, host, isExcluded: false }];
  return [{ namespace: scope === '~' ? '*' : scope.slice(1), host, isExcluded: true }];
}

function readIngress(spec: IngressListenerSpec): readonly IngressListener[] {
  const { port, defaultEndpoint = '', connectionPool } = spec;
  if (port === undefined) return [];
  return [
    {
      ...placeOf(spec),
      port: readPort(port),
      endpoint: readEndpoint(defaultEndpoint),
      pool: connectionPool && readConnectionPool(connectionPool),
    },
  ];
}

const HOSTS: Readonly<Record<string, { readonly at: 'loopback' | 'workload'; readonly family: 'v4' | 'v6' }>> = {
  '127.0.0.1': { at: 'loopback', family: 'v4' },
  '[::1]': { at: 'loopback', family: 'v6' },
  '0.0.0.0': { at: 'workload', family: 'v4' },
  '[::]': { at: 'workload', family: 'v6' },
};

/** CL-9. A port alone says nothing about where: the connection goes on to where it was going. */
function readEndpoint(written: string): WorkloadEndpoint {
  if (written === '') return { at: 'destination' };
  if (isUnixSocket(written)) return { at: 'socket', path: socketPath(written) };
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(written) ?? [];
  if (port === '') return { at: 'unreadable' };
  const place = HOSTS[host];
  return place === undefined ? { at: 'destination' } : { ...place, port: Number(port) };
}

function readPolicy(
  spec: SidecarSpec['outboundTrafficPolicy'],
  names: ReturnType<typeof nameResolver>,
): OutboundPolicy | undefined {
  if (spec === undefined) return undefined;
  if (spec.mode !== 'ALLOW_ANY') return { mode: 'registry-only', egressProxy: undefined }; // the first one of Istio's enumeration
  const { egressProxy: proxy } = spec;
  const egressProxy = proxy && {
    host: names.host(proxy.host),
    subset: proxy.subset ?? '',
    port: proxy.port?.number ?? 0,
  };
  return { mode: 'allow-any', egressProxy };
}

const unused = (sidecar: SidecarSource, first: SidecarSource): Issue => ({
  severity: 'warning',
  code: 'SIDECAR_NOT_USED',
  resource: sidecar.source,
  path: 'spec.workloadSelector',
  message: `${first.source} already speaks for all workloads of the namespace; select some here, or join the two`,
});
