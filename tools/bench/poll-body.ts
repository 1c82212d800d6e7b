/** A sidecar of the benchmark: alike but for its number, and of a view of its own for each namespace. */
export interface PollingSidecar {
  readonly index: number;
  readonly namespace: string;
}

export interface PollShape {
  readonly typeUrl?: string;
  readonly names?: readonly string[];
  readonly versionInfo?: string | undefined;
  /** Entries of the list of extensions that no bootstrap filter stripped. */
  readonly extensions?: number;
}

/** With so many entries a node is as large as Envoy 1.40 sends it unstripped. */
export const ALL_EXTENSIONS = 516;

/** The body of one poll, as Envoy 1.40 sends it; for clusters unless it says otherwise. */
export function pollBody(
  sidecar: PollingSidecar,
  { typeUrl = CLUSTERS, names, versionInfo, extensions = 0 }: PollShape,
): string {
  return JSON.stringify({
    ...(versionInfo !== undefined && { version_info: versionInfo }),
    node: {
      ...nodeOf(sidecar),
      ...(extensions > 0 && { extensions: Array.from({ length: extensions }, (_, each) => extension(each)) }),
    },
    ...(names && { resource_names: names }),
    type_url: typeUrl,
  });
}

export function nodeOf({ index, namespace }: PollingSidecar): object {
  return {
    id: `sidecar~10.255.${index >> 8}.${index & 255}~bench-${index}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: 'bench',
    metadata: {
      NAMESPACE: namespace,
      INTERCEPTION_MODE: 'REDIRECT',
      LABELS: { app: 'bench' },
      PILOTLESS_REFRESH: '5s',
    },
    user_agent_name: 'envoy',
  };
}

const CLUSTERS = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';

/** About 150 bytes, as one entry of the list of extensions has on average. */
const extension = (index: number): object => ({
  name: `envoy.filters.http.extension_number_${index}`,
  category: 'envoy.filters.http',
  type_urls: [`envoy.extensions.filters.http.extension_number_${index}.v3.Config`],
});
