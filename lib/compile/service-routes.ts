import { durationMs } from '../base/brand.ts';
import type { ForwardIr, HashKeyIr, RouteConfigurationIr, RouteIr } from '../ir/route-configuration.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Protocol } from '../model/protocol.ts';
import { NO_HEADER_EDITS } from './header-edits.ts';
import { compileInboundRetry, compileRetry } from './retry.ts';
import { ANY_REQUEST } from './route-match.ts';

/** A route that leads every request of a service to its cluster (RT-32), where no route table has a say. */
export function defaultRoute(
  service: { readonly cluster: string; readonly host: string; readonly port: number },
  hashKey: HashKeyIr | undefined,
  mesh: MeshSettings,
): RouteIr {
  return plainRoute('default', `${service.host}:${service.port}/*`, {
    ...plainForward(service.cluster),
    retry: compileRetry(undefined, mesh, false),
    hashKeys: hashKey === undefined ? [] : [hashKey],
  });
}

/** What an inbound listener hands to its own workload. */
export interface InboundTarget {
  readonly cluster: string;
  /** Host and port of the service, for traces; the host is empty for traffic of no known service. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Routes of one inbound filter chain: everything goes to the workload (RT-33). They change only with the chain itself. */
export function inboundRoutes(
  { cluster, host, port, protocol }: InboundTarget,
  mesh: MeshSettings,
): RouteConfigurationIr {
  const isGrpc = protocol === 'grpc' || protocol === 'grpc-web';
  const route = plainRoute('default', `${host}:${port}/*`, {
    ...plainForward(cluster),
    lostStatus: undefined,
    grpcTimeoutBound: 'nothing',
    retry: compileInboundRetry(mesh, isGrpc),
  });
  return {
    name: cluster,
    virtualHosts: [
      { name: `inbound|http|${port}`, domains: ['*'], routes: [route], requiresTls: false, countsAttempts: false },
    ],
    ignoresPort: false,
    maxDirectBody: undefined,
  };
}

/** A route for every request. */
export function plainRoute(name: string, operation: string, forward: ForwardIr): RouteIr {
  return {
    name,
    match: ANY_REQUEST,
    action: { type: 'forward', ...forward },
    source: '',
    operation,
    statPrefix: '',
    requestHeaders: NO_HEADER_EDITS,
    responseHeaders: NO_HEADER_EDITS,
    fault: undefined,
    cors: undefined,
  };
}

/** To one cluster, as the request is, without a timeout and without retries. */
export function plainForward(cluster: string): ForwardIr {
  return {
    target: { type: 'cluster', cluster },
    timeout: durationMs(0),
    lostStatus: undefined,
    grpcTimeoutBound: 'route',
    retry: undefined,
    hashKeys: [],
    mirrors: [],
    pathRewrite: undefined,
    authority: undefined,
  };
}
