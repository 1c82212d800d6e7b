import { isMembers } from '../base/members.ts';
import type { ConnectionSettings, EscapedSlashes, WrittenConnectionSettings } from '../model/connection-settings.ts';
import type { RouterTopology } from '../model/mesh-settings.ts';
import type { ProxyConfigSpec } from '../resources/mesh-proxy-config.ts';
import { parseDuration } from '../base/duration.ts';
import { textDuration } from './traffic-policy-blocks.ts';

/** What a ProxyConfig says about the connections that proxies take: the mesh's for all of them, or a proxy's own for itself. */
export interface ProxySettings {
  readonly topology: RouterTopology;
  /** `undefined` where nothing is said. */
  readonly connections: WrittenConnectionSettings | undefined;
}

export const readProxySettings = (spec: ProxyConfigSpec): ProxySettings => ({
  topology: readRouterTopology(spec.gatewayTopology),
  connections: spec.connectionSettings && readConnectionSettings(spec.connectionSettings),
});

/**
 * The same from the ProxyConfig that a proxy tells as its own (metadata PROXY_CONFIG): an object, or one written as JSON.
 * `undefined` where it tells none that can be read; the mesh's counts then. Read without a schema, which functions that answer
 * polls do not carry.
 */
export function readOwnProxySettings(said: unknown): ProxySettings | undefined {
  const config = parsedText(said);
  if (!isMembers(config)) return undefined;
  const { gatewayTopology = {}, connectionSettings } = config;
  if (!fits(gatewayTopology, topologyChecks)) return undefined;
  if (connectionSettings !== undefined && !fits(connectionSettings, connectionChecks)) return undefined;
  return {
    topology: readRouterTopology(gatewayTopology),
    connections: connectionSettings && readConnectionSettings(connectionSettings),
  };
}

function parsedText(said: unknown): unknown {
  if (typeof said !== 'string') return said;
  try {
    return JSON.parse(said);
  } catch {
    return undefined; // the mesh's settings count, as for a proxy that says nothing
  }
}

/** For each member of an object whether a value may be its own. */
type Checks<Spec> = { readonly [Name in keyof Spec]-?: (value: unknown) => boolean };

/** Whether each member that is known has a value that may be its own; others are of no interest. */
function fits<Spec>(said: unknown, checks: Checks<Spec>): said is Spec {
  const known: Readonly<Record<string, (value: unknown) => boolean>> = checks;
  return isMembers(said) && Object.entries(said).every(([name, value]) => known[name]?.(value) ?? true);
}

const CLIENT_CERTIFICATES = {
  UNDEFINED: 'sanitize-set',
  SANITIZE: 'sanitize',
  FORWARD_ONLY: 'forward-only',
  APPEND_FORWARD: 'append-forward',
  SANITIZE_SET: 'sanitize-set',
  ALWAYS_FORWARD_ONLY: 'always-forward-only',
} as const;

/** GW-29: a router without other word is the first that clients meet, and believes nobody. */
function readRouterTopology(spec: TopologySpec | undefined): RouterTopology {
  return {
    trustedProxies: spec?.numTrustedProxies ?? 0,
    clientCertificates: CLIENT_CERTIFICATES[spec?.forwardClientCertDetails ?? 'UNDEFINED'],
    readsProxyProtocol: spec?.proxyProtocol !== undefined,
  };
}

type TopologySpec = NonNullable<ProxyConfigSpec['gatewayTopology']>;
type ConnectionSettingsSpec = NonNullable<ProxyConfigSpec['connectionSettings']>;

function readConnectionSettings(spec: ConnectionSettingsSpec): WrittenConnectionSettings {
  const written: { readonly [Name in keyof ConnectionSettings]: ConnectionSettings[Name] | undefined } = {
    bufferLimit: spec.listenerPerConnectionBufferLimitBytes,
    idleTimeout: textDuration(spec.httpIdleTimeout),
    maxConnectionDuration: textDuration(spec.httpMaxConnectionDuration),
    drainTimeout: textDuration(spec.httpDrainTimeout),
    requestTimeout: textDuration(spec.httpRequestTimeout),
    requestHeadersTimeout: textDuration(spec.httpRequestHeadersTimeout),
    streamIdleTimeout: textDuration(spec.httpStreamIdleTimeout),
    maxStreamDuration: textDuration(spec.httpMaxStreamDuration),
    maxConcurrentStreams: spec.httpMaxConcurrentStreams,
    streamWindow: spec.http2InitialStreamWindowSize,
    connectionWindow: spec.http2InitialConnectionWindowSize,
    underscores: UNDERSCORES[spec.httpHeadersWithUnderscoresAction ?? 'HEADERS_WITH_UNDERSCORES_UNSPECIFIED'],
    mergesSlashes: spec.httpMergeSlashes,
    escapedSlashes: ESCAPED_SLASHES[spec.httpPathWithEscapedSlashesAction ?? 'PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED'],
  };
  const said = Object.entries(written).filter(([, value]) => value !== undefined);
  return { isForEdge: spec.profile === 'EDGE', written: Object.fromEntries(said) };
}

const UNDERSCORES: Readonly<
  Record<
    NonNullable<ConnectionSettingsSpec['httpHeadersWithUnderscoresAction']>,
    ConnectionSettings['underscores'] | undefined
  >
> = {
  HEADERS_WITH_UNDERSCORES_UNSPECIFIED: undefined,
  HEADERS_WITH_UNDERSCORES_ALLOW: 'allow',
  HEADERS_WITH_UNDERSCORES_REJECT_REQUEST: 'reject-request',
  HEADERS_WITH_UNDERSCORES_DROP_HEADER: 'drop-header',
};

const ESCAPED_SLASHES: Readonly<
  Record<NonNullable<ConnectionSettingsSpec['httpPathWithEscapedSlashesAction']>, EscapedSlashes | undefined>
> = {
  PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED: undefined,
  KEEP_UNCHANGED: 'keep',
  REJECT_REQUEST: 'reject-request',
  UNESCAPE_AND_REDIRECT: 'decode-and-redirect',
  UNESCAPE_AND_FORWARD: 'decode-and-forward',
};

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
const isDuration = (value: unknown): boolean => typeof value === 'string' && parseDuration(value) !== undefined;
const isOneOf =
  (words: object) =>
  (value: unknown): boolean =>
    typeof value === 'string' && Object.hasOwn(words, value);

const topologyChecks: Checks<TopologySpec> = {
  numTrustedProxies: isCount,
  forwardClientCertDetails: isOneOf(CLIENT_CERTIFICATES),
  proxyProtocol: isMembers,
};

const connectionChecks: Checks<ConnectionSettingsSpec> = {
  profile: isOneOf({ SIDECAR: true, EDGE: true }),
  listenerPerConnectionBufferLimitBytes: isCount,
  clusterPerConnectionBufferLimitBytes: isCount,
  listenerConnectionLimit: isCount,
  globalDownstreamConnectionLimit: isCount,
  httpIdleTimeout: isDuration,
  httpMaxConnectionDuration: isDuration,
  httpDrainTimeout: isDuration,
  httpRequestTimeout: isDuration,
  httpRequestHeadersTimeout: isDuration,
  httpStreamIdleTimeout: isDuration,
  httpMaxStreamDuration: isDuration,
  httpMaxConcurrentStreams: isCount,
  http2InitialStreamWindowSize: isCount,
  http2InitialConnectionWindowSize: isCount,
  httpHeadersWithUnderscoresAction: isOneOf(UNDERSCORES),
  httpMergeSlashes: (value) => typeof value === 'boolean',
  httpPathWithEscapedSlashesAction: isOneOf(ESCAPED_SLASHES),
};
