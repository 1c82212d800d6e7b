import { unreachable } from '../base/unreachable.ts';
import type { ClientCertificateIr, HttpConnectionManagerIr, RouteSourceIr } from '../ir/http-connection-manager.ts';
import type { PollSetting } from '../ir/proxy-ir.ts';
import { restConfigSource } from './config-source.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeHttpFilter } from './http-filters/http-filter-encoders.ts';
import { encodeRouteConfiguration } from './route-configuration.ts';
import { encodeTracing } from './tracing.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

export function encodeHttpConnectionManager(manager: HttpConnectionManagerIr, ir: PollSetting): ProtoJson {
  return typedExtension(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      ...withoutDefaults({
        statPrefix: manager.statPrefix,
        ...encodeRoutes(manager.routes, ir),
        httpFilters: manager.filters.map(encodeHttpFilter),
        commonHttpProtocolOptions: manager.idleTimeout && { idleTimeout: encodeDuration(manager.idleTimeout) },
        httpProtocolOptions: encodeHttp1(manager),
        serverName: manager.serverName,
        streamIdleTimeout: '0s',
        tracing: manager.tracing && encodeTracing(manager.tracing),
        xffNumTrustedHops: manager.trustedProxies,
        proxy100Continue: manager.forwards100Continue,
        upgradeConfigs: [{ upgradeType: 'websocket' }],
      }),
      useRemoteAddress: manager.usesRemoteAddress,
      ...(manager.clientCertificate && encodeClientCertificate(manager.clientCertificate)),
      ...NORMALIZATION[manager.pathNormalization],
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

/** LS-20: what happens to a path before routes see it. Escaped slashes are kept unless decoding was asked for. */
const NORMALIZATION: Readonly<Record<HttpConnectionManagerIr['pathNormalization'], ProtoJson>> = {
  none: { normalizePath: false, pathWithEscapedSlashesAction: 'KEEP_UNCHANGED' },
  base: { normalizePath: true, pathWithEscapedSlashesAction: 'KEEP_UNCHANGED' },
  'merge-slashes': { normalizePath: true, mergeSlashes: true, pathWithEscapedSlashesAction: 'KEEP_UNCHANGED' },
  'decode-and-merge-slashes': {
    normalizePath: true,
    mergeSlashes: true,
    pathWithEscapedSlashesAction: 'UNESCAPE_AND_FORWARD',
  },
};

/** Request ids are UUIDs that carry the decision whether a request is traced. */
const REQUEST_ID: ProtoJson = {
  typedConfig: {
    '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
    useRequestIdForTraceSampling: true,
  },
};
