import type { ConnectionSettings, EscapedSlashes, WrittenConnectionSettings } from '../model/connection-settings.ts';
import type { RouterTopology } from '../model/mesh-settings.ts';
import { proxyConfig, type ProxyConfigSpec } from '../resources/mesh-proxy-config.ts';
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

const readParts = proxyConfig.pick({ gatewayTopology: true, connectionSettings: true });

/**
 * The same from the ProxyConfig that a proxy tells as its own (metadata PROXY_CONFIG): an object, or one written as JSON.
 * `undefined` where it tells none that can be read; the mesh's counts then.
 */
export function readOwnProxySettings(said: unknown): ProxySettings | undefined {
  const { gatewayTopology, connectionSettings } = membersOf(said);
  const parts = Object.entries({ gatewayTopology, connectionSettings }).filter(([, part]) => part !== undefined);
  const read = readParts.safeParse(Object.fromEntries(parts));
  return isObject(parsedText(said)) && read.success ? readProxySettings(read.data) : undefined;
}

const membersOf = (said: unknown): Readonly<Record<string, unknown>> => {
  const value = parsedText(said);
  return isObject(value) ? value : {};
};

function parsedText(said: unknown): unknown {
  if (typeof said !== 'string') return said;
  try {
    return JSON.parse(said);
  } catch {
    return undefined; // the mesh's settings count, as for a proxy that says nothing
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const CLIENT_CERTIFICATES = {
  UNDEFINED: 'sanitize-set',
  SANITIZE: 'sanitize',
  FORWARD_ONLY: 'forward-only',
  APPEND_FORWARD: 'append-forward',
  SANITIZE_SET: 'sanitize-set',
  ALWAYS_FORWARD_ONLY: 'always-forward-only',
} as const;

/** GW-29: a router without other word is the first that clients meet, and believes nobody. */
function readRouterTopology(spec: ProxyConfigSpec['gatewayTopology']): RouterTopology {
  return {
    trustedProxies: spec?.numTrustedProxies ?? 0,
    clientCertificates: CLIENT_CERTIFICATES[spec?.forwardClientCertDetails ?? 'UNDEFINED'],
    readsProxyProtocol: spec?.proxyProtocol !== undefined,
  };
}

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
