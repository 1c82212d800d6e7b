import { canonicalJson } from '../base/hashing.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';

/** The body that is sent for a cluster without endpoints: the same as `sentBody` makes of one. */
export function noEndpoints(cluster: string): string {
  return canonicalJson({ '@type': XDS_TYPES.endpoints.typeUrl, clusterName: cluster });
}
