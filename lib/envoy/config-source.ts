import { durationMs, type DurationMs } from '../base/brand.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeDuration } from './duration.ts';

/** Name of the cluster, in every bootstrap, through which a proxy reaches this service; Envoy sends it as the Host header. */
export const XDS_CLUSTER = 'xds-pilotless';

/**
 * Where a proxy finds a nested resource: by its own REST poll, never `ads` (LAB-3, CL-6, DLV-11). It waits for the first
 * answer without limit, because a wait that ends early swaps a warm cluster for an empty one. A delay below one millisecond
 * crashes Envoy, so nothing under one second leaves this function.
 */
export function restConfigSource(refresh: DurationMs): ProtoJson {
  return {
    apiConfigSource: {
      apiType: 'REST',
      transportApiVersion: 'V3',
      clusterNames: [XDS_CLUSTER],
      refreshDelay: encodeDuration(durationMs(Math.max(refresh, 1000))),
      requestTimeout: '5s',
    },
    initialFetchTimeout: '0s',
    resourceApiVersion: 'V3',
  };
}

/** A file on the proxy's own machine, which Envoy reads again whenever another one is moved there. It has to be there from the start. */
export const fileConfigSource = (path: string): ProtoJson => ({
  pathConfigSource: { path },
  resourceApiVersion: 'V3',
});
