import { durationMs } from '../base/brand.ts';
import type { HttpConnectionManagerIr, HttpLimitsIr, PathsIr } from '../ir/http-connection-manager.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { ListenerView } from './listener-view.ts';

type SettingsReader = Pick<ListenerView, 'mesh'> & {
  readonly facts: Pick<ListenerView['facts'], 'type' | 'connections'>;
};

/**
 * What a router says of its connections where it serves the edge and nobody says otherwise.
 * Source: Envoy's documentation, "Configuring Envoy as an edge proxy".
 */
const EDGE: ConnectionSettings = {
  bufferLimit: 32_768,
  idleTimeout: durationMs(3_600_000),
  requestTimeout: durationMs(300_000),
  requestHeadersTimeout: durationMs(60_000),
  streamIdleTimeout: durationMs(300_000),
  maxConcurrentStreams: 100,
  streamWindow: 65_536,
  connectionWindow: 1_048_576,
  underscores: 'reject-request',
  mergesSlashes: true,
  escapedSlashes: 'decode-and-redirect',
};

/** GW-29: what the proxy says for itself, else what the mesh says for all; the defaults of the edge are for routers. */
export function connectionSettings({ facts, mesh }: SettingsReader): ConnectionSettings {
  const said = facts.connections ?? mesh.connections;
  if (said === undefined) return {};
  return said.isForEdge && facts.type === 'router' ? { ...EDGE, ...said.written } : said.written;
}

/** Limits of HTTP connections. Streams may be idle for ever unless it is said: routes have timeouts of their own. */
export const httpLimits = (settings: ConnectionSettings): HttpLimitsIr => ({
  maxConnectionDuration: settings.maxConnectionDuration,
  maxStreamDuration: settings.maxStreamDuration,
  streamIdleTimeout: settings.streamIdleTimeout ?? durationMs(0),
  requestTimeout: settings.requestTimeout,
  requestHeadersTimeout: settings.requestHeadersTimeout,
  drainTimeout: settings.drainTimeout,
  maxConcurrentStreams: settings.maxConcurrentStreams,
  streamWindow: settings.streamWindow,
  connectionWindow: settings.connectionWindow,
  underscores: settings.underscores,
});

/** LS-20: what happens to a path before routes see it. Escaped slashes are kept unless decoding was asked for. */
export function pathHandling(
  { mergesSlashes, escapedSlashes }: ConnectionSettings,
  { pathNormalization: how }: MeshSettings,
): HttpConnectionManagerIr['paths'] {
  const ofMesh = NORMALIZATIONS[how];
  return {
    isNormalized: ofMesh.isNormalized,
    mergesSlashes: mergesSlashes ?? ofMesh.mergesSlashes,
    escapedSlashes: escapedSlashes ?? ofMesh.escapedSlashes,
  };
}

const NORMALIZATIONS: Readonly<Record<MeshSettings['pathNormalization'], PathsIr>> = {
  none: { isNormalized: false, mergesSlashes: false, escapedSlashes: 'keep' },
  base: { isNormalized: true, mergesSlashes: false, escapedSlashes: 'keep' },
  'merge-slashes': { isNormalized: true, mergesSlashes: true, escapedSlashes: 'keep' },
  'decode-and-merge-slashes': { isNormalized: true, mergesSlashes: true, escapedSlashes: 'decode-and-forward' },
};
