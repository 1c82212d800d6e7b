import { quoted } from '../../base/quoted.ts';
import { headerValueProblem } from '../../resources/gateway-api/header-value.ts';
import type {
  CorsFilter,
  PathModifier,
  RequestRedirect,
  UrlRewrite,
} from '../../resources/gateway-api/http-route-spec.ts';
import type { HeaderModifier, RequestMirror } from '../../resources/gateway-api/route-shapes.ts';
import type {
  CorsPolicy,
  HeaderOperations,
  HttpRedirect,
  HttpRewrite,
  HttpRoute,
  StringMatch,
} from '../../resources/virtual-service-spec.ts';
import type { RouteProblem } from './backends.ts';

/** GA-18: of entries with equal names the first one counts, whatever their capitals. */
export function headerOperations({ set, add, remove }: HeaderModifier): HeaderOperations {
  return { ...(set && { set: byName(set) }), ...(add && { add: byName(add) }), ...(remove && { remove }) };
}

type NamedHeader = NonNullable<HeaderModifier['set']>[number];

function byName(headers: readonly NamedHeader[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value);
  }
  return Object.fromEntries(values);
}

/** A value that Envoy would refuse, and with it all routes of the proxy. */
export function headerProblem({ set = [], add = [] }: HeaderModifier): RouteProblem | undefined {
  const bad = [...set, ...add].find(({ value }) => headerValueProblem(value) !== undefined);
  if (bad === undefined) return undefined;
  return { reason: 'InvalidFilter', message: `header ${quoted(bad.name)} value contains invalid characters` };
}

type Mirrors = NonNullable<HttpRoute['mirrors']>;

/** The share of a mirror; without one everything is copied. */
export function mirrorShare({ percent, fraction }: RequestMirror): Pick<Mirrors[number], 'percentage'> {
  if (fraction !== undefined) {
    return { percentage: { value: (100 * fraction.numerator) / (fraction.denominator ?? 100) } };
  }
  return percent === undefined ? {} : { percentage: { value: percent } };
}

/** GA-18: a whole path is replaced by an expression, because a rewrite takes the place of the matched part alone. */
export function rewriteOf({ hostname, path }: UrlRewrite): HttpRewrite | undefined {
  const rewrite: HttpRewrite = {
    ...(hostname !== undefined && { authority: hostname }),
    ...(path?.replaceFullPath !== undefined && isFull(path)
      ? { uriRegexRewrite: { match: '/.*', rewrite: path.replaceFullPath.replaceAll('\\', '\\\\') } }
      : {}),
    ...(path?.replacePrefixMatch !== undefined && !isFull(path) ? { uri: withoutEnd(path.replacePrefixMatch) } : {}),
  };
  return Object.keys(rewrite).length === 0 ? undefined : rewrite;
}

const isFull = ({ type }: PathModifier): boolean => type === 'ReplaceFullPath';

/** A slash at the end says nothing more; nothing at all is the root. */
const withoutEnd = (prefix: string): string => (prefix.endsWith('/') ? prefix.slice(0, -1) : prefix) || '/';

/** GA-19: without a port the scheme that is written decides, else the listener's own port stays. */
export function redirectOf({ scheme, hostname, path, port, statusCode = 302 }: RequestRedirect): HttpRedirect {
  const derived = scheme === undefined ? 'FROM_REQUEST_PORT' : 'FROM_PROTOCOL_DEFAULT';
  return {
    redirectCode: statusCode,
    ...(hostname !== undefined && { authority: hostname }),
    ...(scheme !== undefined && { scheme }),
    ...(port === undefined ? { derivePort: derived } : { port }),
    ...(path?.replaceFullPath !== undefined && isFull(path) ? { uri: path.replaceFullPath } : {}),
    ...(path?.replacePrefixMatch !== undefined && !isFull(path)
      ? { prefixRewrite: withoutEnd(path.replacePrefixMatch) }
      : {}),
  };
}

/** GA-18: what is not allowed is not sent on, not even its preflight request. */
export function corsOf(cors: CorsFilter): CorsPolicy {
  const { allowOrigins = [], allowMethods, allowHeaders, exposeHeaders, maxAge } = cors;
  return {
    allowOrigins: allowOrigins.map(originMatch),
    ...(allowMethods && { allowMethods }),
    ...(allowHeaders && { allowHeaders }),
    ...(exposeHeaders && { exposeHeaders }),
    ...(maxAge !== undefined && { maxAge: `${maxAge}s` }),
    ...(cors.allowCredentials === true && { allowCredentials: true }),
    unmatchedPreflights: 'IGNORE',
  };
}

/** Scheme, `://`, and host with port: what a browser sends as `Origin`, and not the word `null`. */
const ANY_ORIGIN = '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+$';

function originMatch(origin: string): StringMatch {
  if (origin === '*') return { regex: ANY_ORIGIN };
  if (!origin.includes('*')) return { exact: origin };
  if (origin.indexOf('*') === origin.length - 1) return { prefix: origin.slice(0, -1) };
  const literal = (part: string): string => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { regex: `^${origin.split('*').map(literal).join('.*')}$` };
}
