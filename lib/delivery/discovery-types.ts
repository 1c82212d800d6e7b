import type { XdsType } from '../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES, XDS_TYPES } from '../envoy/xds-types.ts';

/** What may stand behind `POST /v3/discovery:`. */
export interface DiscoveryType {
  readonly path: string;
  readonly typeUrl: string;
  /** `undefined` for types that exist in the protocol and of which no proxy has any here: their answer is an empty set. */
  readonly xdsType: XdsType | undefined;
}

/** Types that Envoy may be told to poll and that nothing in the product makes. */
const NEVER_MADE: readonly DiscoveryType[] = [
  {
    path: 'scoped-routes',
    typeUrl: 'type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration',
    xdsType: undefined,
  },
  { path: 'runtime', typeUrl: 'type.googleapis.com/envoy.service.runtime.v3.Runtime', xdsType: undefined },
];

const byPath: ReadonlyMap<string, DiscoveryType> = new Map(
  [
    ...ALL_XDS_TYPES.map((xdsType) => {
      const { path, typeUrl } = XDS_TYPES[xdsType];
      return { path, typeUrl, xdsType };
    }),
    ...NEVER_MADE,
  ].map((type) => [type.path, type]),
);

const byTypeUrl: ReadonlyMap<string, DiscoveryType> = new Map([...byPath.values()].map((type) => [type.typeUrl, type]));

/** The type that a path names, or `undefined`: the list is closed (PX-10). */
export const discoveryType = (path: string): DiscoveryType | undefined => byPath.get(path);

/** The type of a type URL, or `undefined`. */
export const discoveryTypeOfUrl = (typeUrl: string): DiscoveryType | undefined => byTypeUrl.get(typeUrl);

/** Every type, in the order in which a change of all of them is safe to apply. */
export const discoveryTypes: readonly DiscoveryType[] = [...byPath.values()];

export const discoveryPaths: readonly string[] = [...byPath.keys()];
