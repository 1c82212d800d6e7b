import type { XdsType } from './envoy-resource.ts';

export interface XdsTypeRow {
  readonly typeUrl: string;
  /** Last part of `POST /v3/discovery:<path>`. */
  readonly path: string;
  /** Key of the list in the result of `render`. */
  readonly renderKey: string;
  /** Whether an answer always holds the whole set (DLV-2); otherwise exactly the names that were asked for. */
  readonly isWholeSet: boolean;
  /** Short name that people know it by. */
  readonly short: string;
}

/** The closed list of xDS types, in the order in which a change of all of them is safe to apply (clusters first). */
export const XDS_TYPES: Readonly<Record<XdsType, XdsTypeRow>> = {
  clusters: {
    typeUrl: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
    path: 'clusters',
    renderKey: 'clusters',
    isWholeSet: true,
    short: 'CDS',
  },
  endpoints: {
    typeUrl: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
    path: 'endpoints',
    renderKey: 'endpoints',
    isWholeSet: false,
    short: 'EDS',
  },
  listeners: {
    typeUrl: 'type.googleapis.com/envoy.config.listener.v3.Listener',
    path: 'listeners',
    renderKey: 'listeners',
    isWholeSet: true,
    short: 'LDS',
  },
  routes: {
    typeUrl: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    path: 'routes',
    renderKey: 'routes',
    isWholeSet: false,
    short: 'RDS',
  },
  secrets: {
    typeUrl: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
    path: 'secrets',
    renderKey: 'secrets',
    isWholeSet: false,
    short: 'SDS',
  },
  'extension-configs': {
    typeUrl: 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
    path: 'extension_configs',
    renderKey: 'extensionConfigs',
    isWholeSet: false,
    short: 'ECDS',
  },
};

/** All of them in that order. */
export const ALL_XDS_TYPES = Object.keys(XDS_TYPES) as readonly XdsType[];
