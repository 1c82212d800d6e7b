import type { SpecOf } from '../resources/resource.ts';
import type { NameResolver } from '../world/name-resolver.ts';

/** One place in a VirtualService that leads somewhere, with its full host name. */
export interface WrittenDestination {
  readonly path: string;
  readonly host: string;
  readonly subset: string;
  /** 0 when none is written. */
  readonly port: number;
}

interface Placed {
  readonly path: string;
  readonly destination: DestinationSpec | undefined;
}

type Spec = SpecOf<'VirtualService'>;
type HttpRoute = NonNullable<Spec['http']>[number];
type DestinationSpec = NonNullable<HttpRoute['mirror']>;

/** Every destination and mirror of a VirtualService, in the order written; a rule that redirects or answers itself leads nowhere. */
export function writtenDestinations(
  { http = [], tcp = [], tls = [] }: Spec,
  names: NameResolver,
): WrittenDestination[] {
  const placed = [
    ...http.flatMap((route, index) => ofHttp(route, `spec.http[${index}]`)),
    ...tcp.flatMap(({ route = [] }, index) => ofRoute(route, `spec.tcp[${index}]`)),
    ...tls.flatMap(({ route = [] }, index) => ofRoute(route, `spec.tls[${index}]`)),
  ];
  return placed.flatMap(({ path, destination }) =>
    destination?.host === undefined || destination.host === ''
      ? []
      : [
          {
            path,
            host: names.host(destination.host),
            subset: destination.subset ?? '',
            port: destination.port?.number ?? 0,
          },
        ],
  );
}

function ofHttp(rule: HttpRoute, path: string): readonly Placed[] {
  if (rule.redirect !== undefined || rule.directResponse !== undefined) return [];
  return [
    ...ofRoute(rule.route ?? [], path),
    ...(rule.mirror === undefined ? [] : [{ path: `${path}.mirror`, destination: rule.mirror }]),
    ...(rule.mirrors ?? []).map(({ destination }, at) => ({ path: `${path}.mirrors[${at}].destination`, destination })),
  ];
}

const ofRoute = (
  route: readonly { readonly destination?: DestinationSpec | undefined }[],
  path: string,
): readonly Placed[] => route.map(({ destination }, at) => ({ path: `${path}.route[${at}].destination`, destination }));
