import { isIpAddress } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import type { MeshConfigSpec } from './mesh-config.ts';
import { fqdnProblem, isDnsLabel, isPort } from './name-problems.ts';

export type ExtensionProviderSpec = NonNullable<MeshConfigSpec['extensionProviders']>[number];
type HttpAuthorizerSpec = NonNullable<ExtensionProviderSpec['envoyExtAuthzHttp']>;

/** XAZ-7, XAZ-9, XAZ-10, VAL-28: why an external authorizer cannot be used; `undefined` for one that can, or for another provider. */
export function authorizerProblem(provider: ExtensionProviderSpec): string | undefined {
  const { name = '', envoyExtAuthzHttp: http, envoyExtAuthzGrpc: grpc } = provider;
  const spec = http ?? grpc;
  if (spec === undefined) return undefined;
  if (!isProviderName(name)) {
    return `provider name ${quoted(name)} must be 1 to 63 of a-z, 0-9 and "-", and not begin or end with "-"`;
  }
  if (!isPort(spec.port)) return `port ${spec.port ?? 0} must be in the range 1..65535`;
  return (
    serviceProblem(spec.service ?? '') ??
    statusProblem(spec.statusOnError ?? '') ??
    (http === undefined ? undefined : httpProblem(http))
  );
}

const isProviderName = (name: string): boolean => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name);

/** XAZ-8: `host`, `namespace/host`, or an address. */
function serviceProblem(service: string): string | undefined {
  if (service === '') return 'service must not be empty; write host or namespace/host';
  const [first = '', host, ...more] = service.split('/');
  if (host === undefined) return isIpAddress(service) ? undefined : fqdnProblem(service);
  if (more.length > 0 || !isDnsLabel(first)) return `service ${quoted(service)} must be host or namespace/host`;
  return fqdnProblem(host);
}

/** Statuses that Envoy knows, as first and last of each run. Source: Envoy's API reference, "HTTP status codes". */
const STATUSES: readonly (readonly [number, number])[] = [
  [100, 100],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 417],
  [421, 424],
  [426, 426],
  [428, 429],
  [431, 431],
  [500, 508],
  [510, 511],
];

function statusProblem(status: string): string | undefined {
  if (status === '') return undefined;
  const code = /^\d{3}$/.test(status) ? Number(status) : 0;
  const isKnown = STATUSES.some(([first, last]) => code >= first && code <= last);
  return isKnown ? undefined : `unsupported statusOnError value ${status}; use an HTTP status such as 403 or 503`;
}

function httpProblem(http: HttpAuthorizerSpec): string | undefined {
  const { pathPrefix = '' } = http;
  if (pathPrefix !== '' && !pathPrefix.startsWith('/'))
    return `pathPrefix should begin with "/" but found ${quoted(pathPrefix)}`;
  const field = HEADER_FIELDS.find((each) => http[each]?.includes('*'));
  return field === undefined
    ? undefined
    : `a single wildcard ("*") is not supported, change it to either prefix or suffix match: ${field}`;
}

const HEADER_FIELDS = [
  'includeRequestHeadersInCheck',
  'includeHeadersInCheck',
  'headersToUpstreamOnAllow',
  'headersToDownstreamOnDeny',
  'headersToDownstreamOnAllow',
] as const satisfies readonly (keyof HttpAuthorizerSpec)[];
