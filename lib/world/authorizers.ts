import { durationMs } from '../base/brand.ts';
import type { AskedByHttp, AuthorizerBody, AuthorizerSettings } from '../model/authorizer.ts';
import type { Service } from '../model/service.ts';
import { authorizerProblem, type ExtensionProviderSpec } from '../resources/authorizer-problem.ts';
import { textDuration } from './traffic-policy-blocks.ts';

/** XAZ-9: Istio's default, which is about never. */
const DEFAULT_TIMEOUT = durationMs(600_000);

/** The external authorizers among the mesh's providers, by name; of two with one name neither can be used. */
export function readAuthorizers(providers: readonly ExtensionProviderSpec[]): readonly AuthorizerSettings[] {
  const byName = Map.groupBy(providers, ({ name = '' }) => name);
  const read = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, named]) => {
      const [authorizer] = named.flatMap(readAuthorizer);
      if (authorizer === undefined) return [];
      return [named.length === 1 ? authorizer : { ...authorizer, problem: 'several extensionProviders have its name' }];
    });
  return read;
}

function readAuthorizer(provider: ExtensionProviderSpec): AuthorizerSettings[] {
  const { name = '', envoyExtAuthzHttp: http, envoyExtAuthzGrpc: grpc } = provider;
  const spec = http ?? grpc;
  if (spec === undefined) return [];
  const { statusOnError = '' } = spec;
  return [
    {
      name,
      service: spec.service ?? '',
      port: spec.port ?? 0,
      timeout: textDuration(spec.timeout) ?? DEFAULT_TIMEOUT,
      failsOpen: spec.failOpen ?? false,
      statusOnError: statusOnError === '' ? undefined : Number(statusOnError),
      body: spec.includeRequestBodyInCheck && readBody(spec.includeRequestBodyInCheck),
      clearsRouteCache: spec.clearRouteCache ?? false,
      asked: http === undefined ? { by: 'grpc' } : readHttp(http),
      problem: authorizerProblem(provider),
    },
  ];
}

/** XAZ-12 */
const readBody = ({
  maxRequestBytes = 0,
  allowPartialMessage = false,
  packAsBytes = false,
}: NonNullable<
  NonNullable<ExtensionProviderSpec['envoyExtAuthzGrpc']>['includeRequestBodyInCheck']
>): AuthorizerBody => ({
  maxBytes: maxRequestBytes,
  allowsPart: allowPartialMessage,
  isBytes: packAsBytes,
});

/** XAZ-11: the newer list of shown headers wins. */
function readHttp(http: NonNullable<ExtensionProviderSpec['envoyExtAuthzHttp']>): AskedByHttp {
  const { includeRequestHeadersInCheck: shown = [], includeHeadersInCheck: formerly = [] } = http;
  const added = Object.entries(http.includeAdditionalHeadersInCheck ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    by: 'http',
    pathPrefix: http.pathPrefix ?? '',
    shownHeaders: shown.length > 0 ? shown : formerly,
    addedHeaders: added.map(([name, value]) => ({ name, value })),
    toUpstreamOnAllow: http.headersToUpstreamOnAllow ?? [],
    toDownstreamOnDeny: http.headersToDownstreamOnDeny ?? [],
    toDownstreamOnAllow: http.headersToDownstreamOnAllow ?? [],
  };
}

/** XAZ-8: a service that is named by its host alone must be the only one of that name. */
export function authorizerService(
  { service }: Pick<AuthorizerSettings, 'service'>,
  services: readonly Service[],
): Service | string {
  const [namespace, host] = service.includes('/') ? service.split('/', 2) : [undefined, service];
  const named = services.filter(({ hostname }) => hostname === host);
  const [found, other] = named.filter((each) => namespace === undefined || each.namespace === namespace);
  if (found === undefined) return `no service ${service} is there; describe it, or correct the extensionProvider`;
  return other === undefined ? found : `several namespaces have a service ${service}; write namespace/host`;
}
