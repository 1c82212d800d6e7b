import type { KindDefinition } from './kind-definition.ts';
import { checkSidecar } from './sidecar-checks.ts';
import { sidecarSpec } from './sidecar-spec.ts';

export type { EgressListenerSpec, IngressListenerSpec, SidecarPortSpec, SidecarSpec } from './sidecar-spec.ts';

/** Sidecar: what the proxies of a namespace may call, and where they listen. */
export const sidecar = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  plural: 'sidecars',
  isNamespaced: true,
  body: 'spec',
  reach: 'scope',
  schema: sidecarSpec,
  validate: checkSidecar,
} satisfies KindDefinition<typeof sidecarSpec>;
