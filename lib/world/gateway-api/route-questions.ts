import { serviceHost } from '../../base/host-name.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { BackendObject, ParentRef } from '../../resources/gateway-api/route-shapes.ts';
import { backendHost } from './backends.ts';
import type { RouteResource } from './converted-route.ts';
import { parentName } from './route-attachments.ts';
import type { RouteLookup } from './route-facts.ts';

/** One thing that a route asks; its answer is the very same value as long as nothing about it changed. */
export type RouteQuestion = (lookup: RouteLookup) => unknown;

/** All that the conversion of a route may ask: with the same answers it comes to the same. */
export function questionsOf(route: RouteResource): readonly RouteQuestion[] {
  const parents: readonly ParentRef[] = route.spec.parentRefs ?? [];
  return [
    ...parents.flatMap((ref) => aboutParent(ref, route)),
    ...backendsOf(route).flatMap((ref) => aboutBackend(ref, route)),
  ];
}

function aboutParent(ref: ParentRef, { metadata }: RouteResource): readonly RouteQuestion[] {
  const to = parentName(ref, metadata.namespace);
  if (to === undefined) return [];
  const { kind, namespace, name } = to;
  switch (kind) {
    case 'Gateway':
    case 'ListenerSet':
      return [(lookup) => lookup.listeners(kind, namespace, name)];
    case 'Service':
      return [(lookup) => lookup.hasService(namespace, serviceHost(name, namespace, lookup.domainSuffix))];
    case 'ServiceEntry':
      return [(lookup) => lookup.serviceEntryHosts(namespace, name)];
    default:
      return unreachable(kind);
  }
}

function aboutBackend(ref: BackendObject, { kind: ownKind, metadata }: RouteResource): readonly RouteQuestion[] {
  const { group = '', kind = 'Service', name, namespace = metadata.namespace } = ref;
  const from = { kind: ownKind, namespace: metadata.namespace };
  const granted: RouteQuestion = (lookup) => lookup.isGranted(from, { group, kind, namespace, name });
  const found: RouteQuestion = (lookup) => backendHost(ref, { namespace: metadata.namespace, lookup })?.isKnown;
  return [granted, found];
}

interface Filter {
  readonly requestMirror?: { readonly backendRef: BackendObject };
}

interface Rule {
  readonly backendRefs?: readonly BackendObject[];
  readonly filters?: readonly Filter[];
}

/** Everything that a route names as a backend, mirrors among it. */
function backendsOf({ spec }: RouteResource): readonly BackendObject[] {
  const rules: readonly Rule[] = spec.rules ?? [];
  return rules.flatMap(({ backendRefs = [], filters = [] }) => [
    ...backendRefs,
    ...filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? []),
  ]);
}
