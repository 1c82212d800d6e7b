import type { RequestNames, UpstreamHttp } from '../ir/cluster.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** The map of protocol options of a Cluster, with the one entry that HTTP has. */
export function encodeUpstreamHttp(http: UpstreamHttp): ProtoJson {
  const options = {
    '@type': `type.googleapis.com/${OPTIONS}`,
    commonHttpProtocolOptions: encodeCommon(http),
    upstreamHttpProtocolOptions: encodeNames(http.names),
    ...encodeProtocol(http),
    outlierDetection: http.errorStatuses.length === 0 ? undefined : { errorMatcher: anyStatus(http.errorStatuses) },
  };
  return { [OPTIONS]: withoutAbsent(options) };
}

function encodeCommon({
  idleTimeout,
  maxRequestsPerConnection,
  maxConnectionDuration,
}: UpstreamHttp): ProtoJson | undefined {
  const common = withoutAbsent({
    idleTimeout: idleTimeout === undefined ? undefined : encodeDuration(idleTimeout),
    maxRequestsPerConnection,
    maxConnectionDuration: maxConnectionDuration === undefined ? undefined : encodeDuration(maxConnectionDuration),
  });
  return Object.keys(common).length === 0 ? undefined : common;
}

function encodeNames({ areAskedFor, areChecked }: RequestNames): ProtoJson | undefined {
  if (!areAskedFor && !areChecked) return undefined;
  return withoutDefaults({ autoSni: areAskedFor, autoSanValidation: areChecked });
}

/** Envoy demands that the choice be written, even where it is HTTP/1.1. */
function encodeProtocol(http: UpstreamHttp): ProtoJson {
  switch (http.protocol) {
    case 'http1':
      return { explicitHttpConfig: { httpProtocolOptions: {} } };
    case 'http2':
      return { explicitHttpConfig: { http2ProtocolOptions: encodeHttp2(http) } };
    case 'downstream':
      return { useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} } };
  }
}

function encodeHttp2({ maxConcurrentStreams, http2Keepalive: keepalive }: UpstreamHttp): ProtoJson {
  return withoutAbsent({
    maxConcurrentStreams,
    connectionKeepalive:
      keepalive &&
      withoutAbsent({
        interval: keepalive.interval === undefined ? undefined : encodeDuration(keepalive.interval),
        timeout: keepalive.timeout === undefined ? undefined : encodeDuration(keepalive.timeout),
      }),
  });
}

/** DR-28 */
function anyStatus(statuses: readonly number[]): ProtoJson {
  const [first, ...others] = statuses.map((status) => ({
    httpResponseHeadersMatch: { headers: [{ name: ':status', stringMatch: { exact: String(status) } }] },
  }));
  return others.length === 0 && first !== undefined ? first : { orMatch: { rules: [first, ...others] } };
}
