import type { Share } from '../base/share.ts';
import type {
  Destination,
  Forward,
  HeaderEdits,
  HttpAction,
  HttpRule,
  Mirror,
  Retries,
  WeightedDestination,
} from '../model/http-rule.ts';
import type { RuleOrigin } from '../model/rule-origin.ts';
import type {
  Destination as DestinationSpec,
  HeaderOperations,
  HttpRedirect,
  HttpRetry,
  HttpRewrite,
  HttpRoute,
  HttpRouteDestination,
} from '../resources/virtual-service-spec.ts';
import { readCors, readFault } from './http-filters.ts';
import { readHttpMatch } from './http-matches.ts';
import { readDuration, readShare } from './shares.ts';

/** One `http` entry of a VirtualService, with full names, as a rule. */
export function readHttpRule(route: HttpRoute, origin: RuleOrigin): HttpRule {
  return {
    origin,
    name: route.name ?? '',
    matches: (route.match ?? []).map(readHttpMatch),
    action: readAction(route),
    requestHeaders: readHeaders(route.headers?.request),
    responseHeaders: readHeaders(route.headers?.response),
    fault: readFault(route.fault),
    cors: readCors(route.corsPolicy),
  };
}

/** RT-12: a redirect before a direct response before destinations. */
function readAction(route: HttpRoute): HttpAction {
  if (route.redirect !== undefined) return readRedirect(route.redirect);
  if (route.directResponse !== undefined) {
    const { status, body } = route.directResponse;
    const { string: text, bytes: base64 } = body ?? {};
    const written = text !== undefined ? { text } : base64 !== undefined ? { base64 } : undefined;
    return { type: 'direct-response', status: status ?? 0, body: written };
  }
  return { type: 'forward', ...readForward(route) };
}

function readRedirect(redirect: HttpRedirect): HttpAction {
  const derived = redirect.derivePort === 'FROM_REQUEST_PORT' ? 'request' : 'protocol-default';
  return {
    type: 'redirect',
    uri: redirect.uri,
    prefixRewrite: redirect.prefixRewrite === '' ? undefined : redirect.prefixRewrite,
    authority: redirect.authority,
    scheme: redirect.scheme,
    port: redirect.port ?? (redirect.derivePort === undefined ? undefined : derived),
    code: redirect.redirectCode ?? 0,
  };
}

function readForward(route: HttpRoute): Forward {
  return {
    destinations: (route.route ?? []).map(readWeighted),
    rewrite: readRewrite(route.rewrite),
    timeout: readDuration(route.timeout),
    retries: readRetries(route.retries),
    mirrors: readMirrors(route),
  };
}

function readWeighted(weighted: HttpRouteDestination): WeightedDestination {
  return {
    destination: readDestination(weighted.destination),
    weight: weighted.weight ?? 0,
    requestHeaders: readHeaders(weighted.headers?.request),
    responseHeaders: readHeaders(weighted.headers?.response),
  };
}

function readDestination(destination: DestinationSpec | undefined): Destination {
  return {
    host: destination?.host ?? '',
    subset: destination?.subset ?? '',
    port: destination?.port?.number ?? 0,
  };
}

function readRewrite(rewrite: HttpRewrite | undefined): Forward['rewrite'] {
  if (rewrite === undefined) return undefined;
  const { uri, authority, uriRegexRewrite: regex } = rewrite;
  return {
    uri: uri === '' ? undefined : uri,
    uriRegex: regex && { match: regex.match ?? '', rewrite: regex.rewrite ?? '' },
    authority: authority === '' ? undefined : authority,
  };
}

function readRetries(retries: HttpRetry | undefined): Retries | undefined {
  if (retries === undefined) return undefined;
  return {
    attempts: retries.attempts ?? 0,
    perTryTimeout: readDuration(retries.perTryTimeout),
    retryOn: retries.retryOn === '' ? undefined : retries.retryOn,
    backoff: readDuration(retries.backoff),
    retriesRemoteLocalities: retries.retryRemoteLocalities ?? false,
    ignoresPreviousHosts: retries.retryIgnorePreviousHosts,
  };
}

/** RT-23: a share of zero means no mirror. */
function readMirrors(route: HttpRoute): readonly Mirror[] {
  const { mirror, mirrorPercentage, mirrorPercent, mirrors = [] } = route;
  const all: Mirror[] = [];
  if (mirror !== undefined) {
    const legacy: Share = { numerator: mirrorPercent ?? 100, of: 'hundred' };
    const share = mirrorPercentage === undefined ? legacy : readShare(mirrorPercentage.value ?? 0);
    all.push({ destination: readDestination(mirror), share });
  }
  for (const { destination, percentage } of mirrors) {
    if (destination === undefined) continue;
    const share = percentage === undefined ? WHOLE : readShare(percentage.value ?? 0);
    all.push({ destination: readDestination(destination), share });
  }
  return all.filter(({ share }) => share.numerator > 0);
}

const WHOLE: Share = { numerator: 100, of: 'hundred' };

function readHeaders(operations: HeaderOperations | undefined): HeaderEdits {
  return { set: operations?.set ?? {}, add: operations?.add ?? {}, remove: operations?.remove ?? [] };
}
