import { selects, type Labels } from '../base/labels.ts';
import type { SidecarSource } from '../model/sidecar.ts';
import type { ResourceKey } from '../resources/resource.ts';

/** As much of a Sidecar as can tell two proxies of one namespace apart (VIEW-1). */
export interface SidecarChoice {
  readonly source: ResourceKey;
  readonly namespace: string;
  /** `null` selects every workload. */
  readonly selector: Labels | null;
  /** Whether it holds in namespaces that have none of their own (SC-2). */
  readonly isForMesh: boolean;
  /** Whether something of it is written at the workload's own address, or is where the proxy opens the ports itself. */
  readonly namesAddress: boolean;
  /** The same where connections are redirected. */
  readonly bindsAddress: boolean;
}

/** Who asks for its Sidecar. */
interface Chooser {
  readonly namespace: string;
  readonly labels: Labels;
}

/**
 * What decides between proxies: the Sidecars that select by labels, and those for which a proxy's address matters. A namespace's
 * only Sidecar otherwise is the same for all its proxies, whose view has the namespace already.
 */
export function sidecarChoices(sidecars: readonly SidecarSource[], rootNamespace: string): readonly SidecarChoice[] {
  const all = sidecars.map((sidecar) => choiceOf(sidecar, rootNamespace));
  const meshNamesAddress = all.some(({ isForMesh, namesAddress }) => isForMesh && namesAddress);
  return all.filter(({ selector, namesAddress }) => selector !== null || namesAddress || meshNamesAddress);
}

/** SC-1, SC-2: of those that can tell proxies apart the one that a sidecar has; they are asked in order. */
export function chosenSidecar(
  choices: readonly SidecarChoice[],
  { namespace, labels }: Chooser,
): SidecarChoice | undefined {
  const own = choices.filter((choice) => choice.namespace === namespace);
  return own.find(({ selector }) => selects(selector ?? {}, labels)) ?? choices.find(({ isForMesh }) => isForMesh);
}

function choiceOf(
  { source, namespace, workloadSelector, ingress }: SidecarSource,
  rootNamespace: string,
): SidecarChoice {
  const atAddress = ingress.filter(({ bind, endpoint }) => bind === '' || endpoint.at === 'workload');
  return {
    source,
    namespace,
    selector: workloadSelector ?? null,
    isForMesh: workloadSelector === undefined && namespace === rootNamespace,
    namesAddress: atAddress.length > 0,
    bindsAddress: atAddress.some(({ capture }) => capture === 'none'),
  };
}
