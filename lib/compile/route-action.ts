import { durationMs } from '../base/brand.ts';
import { unreachable } from '../base/unreachable.ts';
import type {
  ForwardIr,
  HashKeyIr,
  MirrorIr,
  PathPatternIr,
  PathRewriteIr,
  RedirectIr,
  RouteActionIr,
  TargetIr,
} from '../ir/route-configuration.ts';
import type { Forward, HttpRule, Redirect, Rewrite, WeightedDestination } from '../model/http-rule.ts';
import type { RouteTable } from '../model/route-table.ts';
import { clusterOf } from './destination-cluster.ts';
import { hashKeyOf } from './hash-key.ts';
import { compileHeaderEdits, editedAuthority } from './header-edits.ts';
import { compileRetry } from './retry.ts';
import type { RouteAttachment } from './route-attachment.ts';

/** What one rule does with a request; a sentence when Envoy could not carry it out. */
export function compileAction(
  rule: HttpRule,
  at: RouteAttachment,
  { isOfGatewayApi }: TableMeaning,
): RouteActionIr | string {
  const { action } = rule;
  const prefix = isOfGatewayApi ? matchedPrefix(rule) : undefined;
  switch (action.type) {
    case 'redirect':
      return compileRedirect(action, at, prefix);
    case 'direct-response':
      return action;
    case 'forward':
      return compileForward({ rule, forward: action, prefix, isOfGatewayApi }, at);
    default:
      return unreachable(action);
  }
}

type TableMeaning = Pick<RouteTable, 'isOfGatewayApi'>;

/** The one prefix that a rule of the Gateway API stands for, which is what it replaces. */
function matchedPrefix({ matches: [match] }: HttpRule): string {
  return match?.uri?.type === 'prefix' ? match.uri.value : '/';
}

/** RT-13, RT-14. A prefix that the Gateway API replaces by the root is taken away. */
function compileRedirect(redirect: Redirect, at: RouteAttachment, prefix: string | undefined): RouteActionIr | string {
  const code = redirectCode(redirect.code);
  if (code === undefined) return `redirectCode ${redirect.code} is none of 301, 302, 303, 307 and 308`;
  const asked = redirect.port === 'request' ? at.listenerPort : redirect.port;
  const port = asked === undefined || asked === 'protocol-default' ? 0 : asked;
  const scheme = redirect.scheme ?? '';
  const effectiveScheme = scheme !== '' ? scheme : at.usesTls ? 'https' : 'http';
  const isImplied = port === (effectiveScheme === 'https' ? 443 : 80);
  return {
    type: 'redirect',
    path: redirect.prefixRewrite ?? redirect.uri ?? '',
    replaces: redirect.prefixRewrite === undefined ? 'path' : 'prefix',
    pattern: prefix === undefined ? undefined : patternFor(prefix, redirect.prefixRewrite),
    host: redirect.authority ?? '',
    scheme,
    port: isImplied ? 0 : port,
    code,
  };
}

function redirectCode(code: number): RedirectIr['code'] | undefined {
  switch (code) {
    case 0:
      return 301;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return code;
    default:
      return undefined;
  }
}

interface Forwarding extends TableMeaning {
  readonly rule: HttpRule;
  readonly forward: Forward;
  readonly prefix: string | undefined;
}

function compileForward(
  { rule, forward, prefix, isOfGatewayApi }: Forwarding,
  at: RouteAttachment,
): RouteActionIr | string {
  const target = compileTarget(forward, at);
  if (target === undefined) return 'no destination has a weight above 0';
  const [only] = forward.destinations;
  const isSingle = target.type === 'cluster';
  const hashKeys = hashKeysOf(forward, at);
  const ofDestination = isSingle && only !== undefined ? editedAuthority(only.requestHeaders) : undefined;
  const routed: ForwardIr = {
    target,
    timeout: forward.timeout ?? durationMs(0),
    grpcTimeoutBound: 'route',
    retry: compileRetry(forward.retries, at.mesh, isSingle && hashKeys.length > 0),
    hashKeys,
    mirrors: forward.mirrors.map(({ destination, share }): MirrorIr => ({
      cluster: clusterOf(destination, at),
      share,
    })),
    pathRewrite: compilePathRewrite(forward.rewrite, prefix),
    lostStatus: isOfGatewayApi ? 500 : undefined, // RT-22
    authority: forward.rewrite?.authority ?? editedAuthority(rule.requestHeaders) ?? ofDestination,
  };
  return { type: 'forward', ...routed };
}

/** RT-20: the weight of a single destination has no meaning; of several, those of weight 0 are left out. */
function compileTarget({ destinations }: Forward, at: RouteAttachment): TargetIr | undefined {
  const [only, ...others] = destinations;
  if (only === undefined) return undefined;
  if (others.length === 0) return { type: 'cluster', cluster: clusterOf(only.destination, at) };
  const drawn = destinations.filter(({ weight }) => weight > 0);
  if (drawn.length === 0) return undefined;
  return {
    type: 'weighted',
    clusters: drawn.map(({ destination, weight, requestHeaders, responseHeaders }) => ({
      cluster: clusterOf(destination, at),
      weight,
      requestHeaders: compileHeaderEdits(requestHeaders),
      responseHeaders: compileHeaderEdits(responseHeaders),
      authority: editedAuthority(requestHeaders),
    })),
  };
}

/** RT-30: one key per destination that may be drawn. */
function hashKeysOf({ destinations }: Forward, at: RouteAttachment): readonly HashKeyIr[] {
  const canBeDrawn = ({ weight }: WeightedDestination): boolean => destinations.length === 1 || weight > 0;
  return destinations.filter(canBeDrawn).flatMap(({ destination }) => {
    const key = hashKeyOf(at.services.get(destination.host)?.policy, destination);
    return key === undefined ? [] : [key];
  });
}

/** RT-17: a regular expression before a plain prefix. */
function compilePathRewrite(rewrite: Rewrite | undefined, prefix: string | undefined): PathRewriteIr | undefined {
  if (rewrite?.uriRegex !== undefined) {
    return { type: 'regex', pattern: rewrite.uriRegex.match, substitution: rewrite.uriRegex.rewrite };
  }
  const pattern = prefix === undefined ? undefined : patternFor(prefix, rewrite?.uri);
  if (pattern !== undefined) return { type: 'regex', ...pattern };
  return rewrite?.uri === undefined ? undefined : { type: 'prefix', prefix: rewrite.uri };
}

/**
 * RT-17: Envoy puts one text in the place of another, which leaves one slash too many where a prefix becomes the root, and one too
 * few where the root becomes a prefix.
 */
function patternFor(prefix: string, by: string | undefined): PathPatternIr | undefined {
  if (by === '/' && prefix !== '/') return { pattern: `^${literal(prefix)}(/?)(.*)`, substitution: '/\\2' };
  if (by === undefined || by === '/' || prefix !== '/') return undefined;
  return { pattern: '^/(.*)', substitution: `${by.replaceAll('\\', '\\\\')}/\\1` };
}

/** The text as a regular expression that matches nothing else. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
