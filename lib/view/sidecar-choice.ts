import type { SidecarSource } from '../model/sidecar.ts';
import type { World } from '../world/world.ts';
import type { ViewFacts } from './proxy-view.ts';

/** The Sidecar that a proxy has: that which selects it, else that of its namespace, else that of the root namespace. */
export function sidecarOf(
  { sidecars, mesh }: World,
  { type, namespace, sidecar }: ViewFacts,
): SidecarSource | undefined {
  if (type !== 'sidecar') return undefined;
  const forAll = (owner: string): SidecarSource | undefined =>
    sidecars.find((each) => each.namespace === owner && each.workloadSelector === undefined);
  const selecting = sidecar === '' ? undefined : sidecars.find(({ source }) => source === sidecar);
  return selecting ?? forAll(namespace) ?? forAll(mesh.rootNamespace);
}
