import type { Locality } from '../base/locality.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutDefaults } from './without-defaults.ts';

/** An empty locality is present and empty (EP-17). */
export function encodeLocality({ region, zone, subzone }: Locality): ProtoJson {
  return withoutDefaults({ region, zone, subZone: subzone });
}
