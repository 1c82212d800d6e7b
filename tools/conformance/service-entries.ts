import { caseResources } from '../../lib/control/offline/case-resources.ts';
import type { Service } from '../../lib/model/service.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** Istio's numbers for how a service's endpoints are found. */
const RESOLUTIONS: readonly Service['resolution'][] = ['static', 'dns', 'passthrough', 'dns-round-robin'];
const DYNAMIC_DNS = 5;
/** Labels that Istio's test helper adds to what it expects, not the conversion. */
const CANONICAL = /^service\.istio\.io\/canonical-/;

/**
 * The services of one ServiceEntry. Where Istio makes a service for each address, one service has all of them here, so the
 * recorded ones are united by their host first.
 */
export function judgeServiceEntry({ body }: Case): Verdict {
  const { resources, errors } = caseResources({
    mesh: '',
    networks: '',
    kube: '',
    configs: [at(body, 'serviceEntry'), namespaceOf(body)].map((document) => JSON.stringify(document)).join('\n---\n'),
  });
  if (errors.length > 0) return { verdict: 'refused', reason: errors.join('; ') };
  const ours = new Map(buildWorld(resources).value.services.map((service) => [service.hostname, described(service)]));
  const theirs = Map.groupBy(listAt(body, 'expected'), (service) => textAt(service, 'Hostname').toLowerCase());
  const hosts = [...new Set([...ours.keys(), ...theirs.keys()])];
  return judge(
    hosts.map((host) => {
      const [here, there] = [ours.get(host), recorded(theirs.get(host) ?? [])].map((each) => JSON.stringify(each));
      return here === there ? undefined : `${host}: Istio ${there ?? 'none'}, here ${here ?? 'none'}`;
    }),
  );
}

/** Recorded by its annotations alone. */
const namespaceOf = (body: Case['body']): Json => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: textAt(body, 'serviceEntry', 'metadata', 'namespace'),
    annotations: at(body, 'namespaceAnnotations') ?? {},
  },
});

function described(service: Service): Json {
  return {
    namespace: service.namespace,
    resolution: service.resolution,
    isMeshExternal: service.isMeshExternal,
    addresses: [...service.addresses].sort(),
    ports: service.ports.map(({ name, number, protocol }) => [name, number, protocol.toUpperCase()]),
    labels: service.labels,
    accounts: service.accounts,
    visibility: visibilityOf(service),
    distribution: { 'same-zone': 1, 'same-node': 2, any: 0 }[service.trafficDistribution ?? 'any'],
  };
}

function visibilityOf({ visibility }: Service): readonly string[] {
  if (visibility.to === 'everyone') return ['*'];
  return visibility.to === 'nobody' ? ['~'] : [...visibility.namespaces].sort();
}

function recorded(services: readonly Json[]): Json | undefined {
  const [first] = services;
  if (first === undefined) return undefined;
  const namespace = textAt(first, 'Attributes', 'Namespace');
  const resolution = numberAt(first, 'Resolution');
  const exportTo = Object.keys((at(first, 'Attributes', 'ExportTo') ?? {}) as Record<string, Json>);
  const labels = Object.entries((at(first, 'Attributes', 'Labels') ?? {}) as Record<string, Json>);
  return {
    namespace,
    resolution: resolution === DYNAMIC_DNS ? 'dynamic-dns' : (RESOLUTIONS[resolution] ?? String(resolution)),
    isMeshExternal: at(first, 'MeshExternal') === true,
    addresses: services
      .map((service) => textAt(service, 'DefaultAddress'))
      .filter((each) => each !== '0.0.0.0')
      .sort(),
    ports: listAt(first, 'Ports').map((port) => [
      textAt(port, 'Name'),
      numberAt(port, 'Port'),
      textAt(port, 'Protocol').toUpperCase(),
    ]),
    labels: Object.fromEntries(labels.filter(([key]) => !CANONICAL.test(key))),
    accounts: [...listAt(first, 'ServiceAccounts')].map(String).sort(),
    visibility: exportTo.length === 0 ? ['*'] : exportTo.map((each) => (each === '.' ? namespace : each)).sort(),
    distribution: numberAt(first, 'Attributes', 'K8sAttributes', 'TrafficDistribution'),
  };
}
