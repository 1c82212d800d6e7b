import { stringify } from 'yaml';
import { parseDocument } from '../../lib/resources/parse-document.ts';
import type { Resource } from '../../lib/resources/resource.ts';

/** A mesh of `services` services in ten namespaces: three endpoints each, two subsets, a weighted route. */
export function generatedMesh(services: number): string {
  return generatedDocuments(services)
    .map((document) => stringify(document))
    .join('---\n');
}

/** The same mesh as documents that are read already. */
export const generatedDocuments = (services: number): readonly object[] =>
  Array.from({ length: services }, (_, index) => serviceDocuments(index)).flat();

/** The same mesh as resources, without the text between. */
export function generatedResources(services: number): readonly Resource[] {
  return generatedDocuments(services).map(asResource);
}

export function asResource(document: object): Resource {
  const parsed = parseDocument(document, { defaultNamespace: 'default' });
  if (!parsed.ok) throw new Error(`a generated document is wrong: ${JSON.stringify(parsed.issues)}`);
  return parsed.value;
}

/**
 * What a change edits of a service: the address of one of its instances, what its policy bears, what its route matches, or the
 * percentage of requests that it sends to the second version.
 */
export interface ServiceChange {
  readonly replica?: string;
  readonly failures?: number;
  readonly prefix?: string;
  readonly weight?: number;
}

/** The documents of one service. */
export function serviceDocuments(index: number, change: ServiceChange = {}): readonly object[] {
  const { failures = 5, prefix = '/api', weight = 10 } = change;
  const [name, namespace] = [`service-${index}`, `ns-${index % 10}`];
  const host = `${name}.${namespace}.svc.cluster.local`;
  const meta = { name, namespace };
  const endpoint = (replica: number): object => ({
    address: (replica === 1 ? change.replica : undefined) ?? `10.${Math.floor(index / 250)}.${index % 250}.${replica}`,
    labels: { version: replica === 1 ? 'v2' : 'v1' },
  });
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: meta,
      spec: {
        hosts: [host],
        location: 'MESH_INTERNAL',
        resolution: 'STATIC',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 }],
        endpoints: [1, 2, 3].map(endpoint),
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: meta,
      spec: {
        host,
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: failures, interval: '10s' } },
        subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: meta,
      spec: {
        hosts: [host],
        http: [
          {
            match: [{ uri: { prefix } }, { headers: { 'x-canary': { exact: 'yes' } } }],
            timeout: '5s',
            route: [
              { destination: { host, subset: 'v1' }, weight: 100 - weight },
              { destination: { host, subset: 'v2' }, weight },
            ],
          },
          { route: [{ destination: { host, subset: 'v1' } }] },
        ],
      },
    },
  ];
}
