import { unreachable } from '../base/unreachable.ts';
import type {
  ClientCertificateIr,
  HttpConnectionManagerIr,
  HttpLimitsIr,
  PathsIr,
  RouteSourceIr,
} from '../ir/http-connection-manager.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import { restConfigSource } from './config-source.ts';
import { encodeDuration, optionalDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeHttpFilter } from './http-filters/http-filter-encoders.ts';
import { encodeRouteConfiguration } from './route-configuration.ts';
import { encodeTracing } from './tracing.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

export function encodeHttpConnectionManager(manager: HttpConnectionManagerIr, ir: PollSetting): ProtoJson {
  return typedExtension(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      ...withoutDefaults({
        statPrefix: manager.statPrefix,
        ...encodeRoutes(manager.routes, ir),
        httpFilters: manager.filters.map(encodeHttpFilter),
        commonHttpProtocolOptions: encodeConnections(manager),
        httpProtocolOptions: encodeHttp1(manager),
        http2ProtocolOptions: encodeHttp2(manager.limits),
        serverName: manager.serverName,
        streamIdleTimeout: encodeDuration(manager.limits.streamIdleTimeout),
        requestTimeout: optionalDuration(manager.limits.requestTimeout),
        requestHeadersTimeout: optionalDuration(manager.limits.requestHeadersTimeout),
        drainTimeout: optionalDuration(manager.limits.drainTimeout),
        tracing: manager.tracing && encodeTracing(manager.tracing),
        xffNumTrustedHops: manager.trustedProxies,
        proxy100Continue: true, // the server says whether it wants the body, not the proxy
        upgradeConfigs: [{ upgradeType: 'websocket' }],
      }),
      useRemoteAddress: manager.usesRemoteAddress,
      ...(manager.clientCertificate && encodeClientCertificate(manager.clientCertificate)),
      ...encodePaths(manager.paths),
      requestIdExtension: REQUEST_ID,
    },
  );
}

function encodeRoutes(routes: RouteSourceIr, ir: PollSetting): ProtoJson {
  switch (routes.by) {
    case 'name':
      return { rds: { configSource: restConfigSource(ir.refresh), routeConfigName: routes.name } };
    case 'value':
      return { routeConfig: encodeRouteConfiguration(routes.value) };
    default:
      return unreachable(routes);
  }
}

function encodeHttp1({ acceptsAbsoluteUrls, acceptsHttp10 }: HttpConnectionManagerIr): ProtoJson | undefined {
  if (!acceptsAbsoluteUrls && !acceptsHttp10) return undefined;
  return withoutDefaults({
    allowAbsoluteUrl: acceptsAbsoluteUrls,
    acceptHttp10: acceptsHttp10,
  });
}

function encodeConnections({ idleTimeout, limits }: HttpConnectionManagerIr): ProtoJson | undefined {
  return unlessEmpty({
    idleTimeout: optionalDuration(idleTimeout),
    maxConnectionDuration: optionalDuration(limits.maxConnectionDuration),
    maxStreamDuration: optionalDuration(limits.maxStreamDuration),
    headersWithUnderscoresAction: limits.underscores && UNDERSCORES[limits.underscores],
  });
}

/** `ALLOW` is what a message without the member says. */
const UNDERSCORES: Readonly<Record<NonNullable<HttpLimitsIr['underscores']>, string | undefined>> = {
  allow: undefined,
  'reject-request': 'REJECT_REQUEST',
  'drop-header': 'DROP_HEADER',
};

function encodeHttp2({ maxConcurrentStreams, streamWindow, connectionWindow }: HttpLimitsIr): ProtoJson | undefined {
  return unlessEmpty({
    maxConcurrentStreams,
    initialStreamWindowSize: streamWindow,
    initialConnectionWindowSize: connectionWindow,
  });
}

function unlessEmpty(members: ProtoJson): ProtoJson | undefined {
  const said = withoutAbsent(members);
  return Object.keys(said).length === 0 ? undefined : said;
}

const FORWARDING: Readonly<Record<ClientCertificateIr['mode'], string>> = {
  'forward-only': 'FORWARD_ONLY',
  'append-forward': 'APPEND_FORWARD',
  'sanitize-set': 'SANITIZE_SET',
  'always-forward-only': 'ALWAYS_FORWARD_ONLY',
};

/** Only two of the modes add what the own connection shows; Envoy ignores the details in the others. */
function encodeClientCertificate({ mode, addsCertificate }: ClientCertificateIr): ProtoJson {
  const details = withoutDefaults({ subject: true, cert: addsCertificate, dns: true, uri: true });
  return withoutDefaults({
    forwardClientCertDetails: FORWARDING[mode],
    setCurrentClientCertDetails: mode === 'append-forward' || mode === 'sanitize-set' ? details : undefined,
  });
}

/** LS-20: what happens to a path before routes see it. */
const encodePaths = ({ isNormalized, mergesSlashes, escapedSlashes }: PathsIr): ProtoJson => ({
  normalizePath: isNormalized,
  ...(mergesSlashes && { mergeSlashes: true }),
  pathWithEscapedSlashesAction: ESCAPED_SLASHES[escapedSlashes],
});

const ESCAPED_SLASHES: Readonly<Record<PathsIr['escapedSlashes'], string>> = {
  keep: 'KEEP_UNCHANGED',
  'reject-request': 'REJECT_REQUEST',
  'decode-and-redirect': 'UNESCAPE_AND_REDIRECT',
  'decode-and-forward': 'UNESCAPE_AND_FORWARD',
};

/** Request ids are UUIDs that carry the decision whether a request is traced. */
const REQUEST_ID: ProtoJson = {
  typedConfig: {
    '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
    useRequestIdForTraceSampling: true,
  },
};
