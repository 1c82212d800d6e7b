import type { AskedIr, AuthorizerFilterIr, TextMatchIr } from '../ir/access.ts';
import { encodeText } from './access-rules.ts';
import { encodeDuration } from './duration.ts';
import { encodeStatus } from './http-status.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutDefaults } from './without-defaults.ts';

/** What asking about a request and about a connection have in common. `rbac` is the filter that notes whether it is asked. */
const encodeShared = (filter: AuthorizerFilterIr, rbac: string): ProtoJson => ({
  failureModeAllow: filter.failsOpen,
  transportApiVersion: 'V3',
  filterEnabledMetadata: {
    filter: rbac,
    path: [{ key: `${filter.trialPrefix}shadow_effective_policy_id` }],
    value: { stringMatch: { prefix: filter.onlyFor } },
  },
});

/** Settings of the filter that asks about requests. */
export function encodeHttpAuthorizer(filter: AuthorizerFilterIr): ProtoJson {
  const { statusOnError, body, asked, clearsRouteCache } = filter;
  const shown = asked.by === 'http' ? asked.shownHeaders : [];
  return withoutDefaults({
    ...encodeShared(filter, 'envoy.filters.http.rbac'),
    ...(asked.by === 'http' ? { httpService: encodeHttpService(filter, asked) } : encodeGrpc(filter)),
    allowedHeaders: encodeNames(shown),
    statusOnError: statusOnError && { code: encodeStatus(statusOnError) },
    clearRouteCache: clearsRouteCache,
    withRequestBody:
      body &&
      withoutDefaults({
        maxRequestBytes: body.maxBytes,
        allowPartialMessage: body.allowsPart,
        packAsBytes: body.isBytes,
      }),
  });
}

/** Settings of the filter that asks about connections. */
export const encodeTcpAuthorizer = (filter: AuthorizerFilterIr): ProtoJson =>
  withoutDefaults({
    statPrefix: 'tcp.',
    ...encodeShared(filter, 'envoy.filters.network.rbac'),
    ...encodeGrpc(filter),
  });

const encodeGrpc = ({ cluster, host, timeout }: AuthorizerFilterIr): ProtoJson => ({
  grpcService: { envoyGrpc: { clusterName: cluster, authority: host }, timeout: encodeDuration(timeout) },
});

function encodeHttpService(
  { cluster, host, timeout }: AuthorizerFilterIr,
  { pathPrefix, addedHeaders, ...headers }: Extract<AskedIr, { readonly by: 'http' }>,
): ProtoJson {
  const answer = withoutDefaults({
    allowedUpstreamHeaders: encodeNames(headers.toUpstreamOnAllow),
    allowedClientHeaders: encodeNames(headers.toDownstreamOnDeny),
    allowedClientHeadersOnSuccess: encodeNames(headers.toDownstreamOnAllow),
  });
  return withoutDefaults({
    serverUri: { uri: `http://${host}`, cluster, timeout: encodeDuration(timeout) }, // the URI is asked for and not used
    pathPrefix,
    authorizationRequest:
      addedHeaders.length === 0
        ? undefined
        : { headersToAdd: addedHeaders.map(({ name, value }) => withoutDefaults({ key: name, value })) },
    authorizationResponse: Object.keys(answer).length === 0 ? undefined : answer,
  });
}

/** XAZ-10: names of headers have no case. */
const encodeNames = (names: readonly TextMatchIr[]): ProtoJson | undefined =>
  names.length === 0 ? undefined : { patterns: names.map((name) => encodeText(name, true)) };
