/** The xDS types that the product serves; one row of `xds-types.ts` each. */
export type XdsType = 'clusters' | 'endpoints' | 'listeners' | 'routes' | 'secrets' | 'extension-configs';

/** A value of Envoy's API in canonical proto3 JSON: camelCase, `@type` in every Any, defaults left out. */
export type ProtoJson = Readonly<Record<string, unknown>>;

/** One xDS resource, spelled as Envoy reads it. Names are unique within a type. */
export interface EnvoyResource {
  readonly type: XdsType;
  readonly name: string;
  readonly body: ProtoJson;
}
