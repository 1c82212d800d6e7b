import { unreachable } from '../base/unreachable.ts';
import type {
  DirectBodyIr,
  RedirectIr,
  RouteActionIr,
  RouteConfigurationIr,
  RouteIr,
  VirtualHostIr,
} from '../ir/route-configuration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeForward, encodePathPattern } from './route-action.ts';
import { encodeHeaderEdits } from './header-edits.ts';
import { encodeRouteFilters } from './route-filters.ts';
import { encodeRouteMatch } from './route-match.ts';

/** A RouteConfiguration. Clusters that it names need not exist when it arrives: the order of types on the wire is not fixed. */
export function encodeRouteConfiguration(configuration: RouteConfigurationIr): ProtoJson {
  const { virtualHosts } = configuration;
  const { name, ...settings } = encodeRouteSettings(configuration);
  return { name, ...(virtualHosts.length > 0 && { virtualHosts: virtualHosts.map(encodeVirtualHost) }), ...settings };
}

/** All of a RouteConfiguration but its virtual hosts. */
export function encodeRouteSettings(configuration: Omit<RouteConfigurationIr, 'virtualHosts'>): ProtoJson {
  const { name, ignoresPort, maxDirectBody } = configuration;
  return {
    name,
    validateClusters: false,
    ...(maxDirectBody !== undefined && { maxDirectResponseBodySizeBytes: maxDirectBody }),
    ...(ignoresPort && { ignorePortInHostMatching: true }),
  };
}

export function encodeVirtualHost({ name, domains, routes, requiresTls, countsAttempts }: VirtualHostIr): ProtoJson {
  return {
    name,
    domains,
    ...(routes.length > 0 && { routes: routes.map(encodeRoute) }),
    ...(requiresTls && { requireTls: 'ALL' }),
    ...(countsAttempts && { includeRequestAttemptCount: true }),
  };
}

function encodeRoute(route: RouteIr): ProtoJson {
  const { name, match, action, source, operation, statPrefix } = route;
  return {
    ...(name !== '' && { name }),
    match: encodeRouteMatch(match),
    ...encodeAction(action),
    ...(source !== '' && { metadata: { filterMetadata: { istio: { config: source } } } }),
    ...(operation !== '' && { decorator: { operation } }),
    ...encodeRouteFilters(route),
    ...encodeHeaderEdits(route.requestHeaders, 'request'),
    ...encodeHeaderEdits(route.responseHeaders, 'response'),
    ...(statPrefix !== '' && { statPrefix }),
  };
}

function encodeAction(action: RouteActionIr): ProtoJson {
  switch (action.type) {
    case 'forward':
      return { route: encodeForward(action) };
    case 'redirect':
      return { redirect: encodeRedirect(action) };
    case 'direct-response': {
      const { status, body } = action;
      return { directResponse: { status, ...(body !== undefined && { body: encodeBody(body) }) } };
    }
    default:
      return unreachable(action);
  }
}

const encodeBody = (body: DirectBodyIr): ProtoJson =>
  'text' in body ? { inlineString: body.text } : { inlineBytes: body.base64 };

const REDIRECT_CODES: Readonly<Record<RedirectIr['code'], string | undefined>> = {
  301: undefined, // the default
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

/** An empty path keeps the request's. */
function encodeRedirectPath(path: string, replaces: RedirectIr['replaces']): ProtoJson {
  if (replaces === 'path') return { pathRedirect: path };
  return path === '' ? {} : { prefixRewrite: path };
}

function encodeRedirect({ host, path, replaces, pattern, scheme, port, code }: RedirectIr): ProtoJson {
  const responseCode = REDIRECT_CODES[code];
  return {
    ...(host !== '' && { hostRedirect: host }),
    ...(pattern === undefined ? encodeRedirectPath(path, replaces) : encodePathPattern(pattern)),
    ...(responseCode !== undefined && { responseCode }),
    ...(scheme !== '' && { schemeRedirect: scheme }),
    ...(port !== 0 && { portRedirect: port }),
  };
}
