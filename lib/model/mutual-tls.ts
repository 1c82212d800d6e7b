import { selects, type Labels } from '../base/labels.ts';
import type { ResourceKey } from '../resources/resource.ts';

/** What the servers of a namespace or a port take: mutual TLS alone, mutual TLS and plain text, or plain text alone. */
export type MutualTlsMode = 'strict' | 'permissive' | 'disabled';

/** What is said of the connections that the servers of one namespace take; of each namespace the very same object while it stays. */
export interface PeerRules {
  /** Of all that no rule of its own selects; `undefined` where nobody says it, neither here nor for the mesh (PA-13). */
  readonly mode: MutualTlsMode | undefined;
  /** The document that says it; `undefined` where there is none. */
  readonly source: ResourceKey | undefined;
  /** For single workloads, oldest first: the first one that selects a workload is the only one that it has (PA-11). */
  readonly workloads: readonly WorkloadPeerRule[];
}

export interface WorkloadPeerRule extends ServerModes {
  readonly source: ResourceKey;
  readonly selector: Labels;
}

/** What one server takes, by the ports that it listens on. */
export interface ServerModes {
  /** At every port that is not named. */
  readonly mode: MutualTlsMode;
  /** Sorted by number. */
  readonly ports: readonly { readonly port: number; readonly mode: MutualTlsMode }[];
  readonly source: ResourceKey | undefined;
}

/** Every PeerAuthentication that counts, merged. */
export interface PeerPolicies {
  readonly mesh: PeerRules;
  /** Namespaces of which something of their own is said. */
  readonly byNamespace: ReadonlyMap<string, PeerRules>;
}

export const rulesOfNamespace = ({ mesh, byNamespace }: PeerPolicies, namespace: string): PeerRules =>
  byNamespace.get(namespace) ?? mesh;

/** PA-2, PA-5, PA-9: what a workload with these labels takes. */
export function serverModes({ mode, source, workloads }: PeerRules, labels: Labels): ServerModes {
  const chosen = workloads.find(({ selector }) => selects(selector, labels));
  if (chosen === undefined) return { mode: mode ?? 'permissive', ports: [], source };
  return { mode: chosen.mode, ports: chosen.ports, source: chosen.source };
}

/** PA-10: of a port that the workload itself listens on. */
export const modeOfPort = ({ mode, ports }: Pick<ServerModes, 'mode' | 'ports'>, port: number): MutualTlsMode =>
  ports.find((each) => each.port === port)?.mode ?? mode;
