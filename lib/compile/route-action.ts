import { durationMs } from '../base/brand.ts';
import { unreachable } from '../base/unreachable.ts';
import type {
  ForwardIr,
  HashKeyIr,
  MirrorIr,
  PathRewriteIr,
  RedirectIr,
  RouteActionIr,
  TargetIr,
} from '../ir/route-configuration.ts';
import type { Forward, HttpRule, Redirect, Rewrite, WeightedDestination } from '../model/http-rule.ts';
import { clusterOf } from './destination-cluster.ts';
import { hashKeyOf } from './hash-key.ts';
import { compileHeaderEdits, editedAuthority } from './header-edits.ts';
import { compileRetry } from './retry.ts';
import type { RouteAttachment } from './route-attachment.ts';

/** What one rule does with a request; a sentence when Envoy could not carry it out. */
export function compileAction(rule: HttpRule, at: RouteAttachment): RouteActionIr | string {
  const { action } = rule;
  switch (action.type) {
    case 'redirect':
      return compileRedirect(action, at);
    case 'direct-response':
      return action;
    case 'forward':
      return compileForward(rule, action, at);
    default:
      return unreachable(action);
  }
}

/** RT-13, RT-14 */
function compileRedirect(redirect: Redirect, at: RouteAttachment): RouteActionIr | string {
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

function compileForward(rule: HttpRule, forward: Forward, at: RouteAttachment): RouteActionIr | string {
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
    pathRewrite: compilePathRewrite(forward.rewrite),
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
function compilePathRewrite(rewrite: Rewrite | undefined): PathRewriteIr | undefined {
  if (rewrite?.uriRegex !== undefined) {
    return { type: 'regex', pattern: rewrite.uriRegex.match, substitution: rewrite.uriRegex.rewrite };
  }
  return rewrite?.uri === undefined ? undefined : { type: 'prefix', prefix: rewrite.uri };
}
