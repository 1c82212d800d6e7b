import { unreachable } from '../base/unreachable.ts';
import type {
  ForwardIr,
  HashKeyIr,
  MirrorIr,
  PathPatternIr,
  PathRewriteIr,
  RetryIr,
  WeightedClusterIr,
} from '../ir/route-configuration.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { encodeHeaderEdits } from './header-edits.ts';
import { encodeShare } from './share.ts';

const PREVIOUS_HOSTS = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate' },
};

const PREVIOUS_PRIORITIES = {
  name: 'envoy.retry_priorities.previous_priorities',
  typedConfig: {
    '@type': 'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
    // How many attempts at one priority before the next one is looked at.
    updateFrequency: 2,
  },
};

/** A RouteAction. */
export function encodeForward(forward: ForwardIr): ProtoJson {
  const { target, timeout, retry, hashKeys, mirrors, pathRewrite, lostStatus, authority } = forward;
  return {
    ...(target.type === 'cluster'
      ? { cluster: target.cluster }
      : { weightedClusters: { clusters: target.clusters.map(encodeWeight) } }),
    ...(pathRewrite !== undefined && encodePathRewrite(pathRewrite)),
    ...(authority !== undefined && { hostRewriteLiteral: authority }),
    ...(lostStatus !== undefined && { clusterNotFoundResponseCode: 'INTERNAL_SERVER_ERROR' }),
    timeout: encodeDuration(timeout),
    ...(retry !== undefined && { retryPolicy: encodeRetry(retry) }),
    ...(mirrors.length > 0 && { requestMirrorPolicies: mirrors.map(encodeMirror) }),
    ...(hashKeys.length > 0 && { hashPolicy: hashKeys.map(encodeHashKey) }),
    ...encodeGrpcBound(forward),
  };
}

function encodeWeight({ cluster, weight, requestHeaders, responseHeaders, authority }: WeightedClusterIr): ProtoJson {
  return {
    name: cluster,
    weight,
    ...encodeHeaderEdits(requestHeaders, 'request'),
    ...encodeHeaderEdits(responseHeaders, 'response'),
    ...(authority !== undefined && { hostRewriteLiteral: authority }),
  };
}

function encodePathRewrite(rewrite: PathRewriteIr): ProtoJson {
  if (rewrite.type === 'prefix') return { prefixRewrite: rewrite.prefix };
  return encodePathPattern(rewrite);
}

export const encodePathPattern = ({ pattern, substitution }: PathPatternIr): ProtoJson => ({
  regexRewrite: { pattern: { regex: pattern }, substitution },
});

function encodeRetry(retry: RetryIr): ProtoJson {
  const { hostSelectionAttempts, statusCodes, perTryTimeout, backoff } = retry;
  return {
    retryOn: retry.retryOn,
    numRetries: retry.attempts,
    ...(perTryTimeout !== undefined && { perTryTimeout: encodeDuration(perTryTimeout) }),
    ...(retry.triesOtherPriorities && { retryPriority: PREVIOUS_PRIORITIES }),
    ...(retry.avoidsPreviousHosts && { retryHostPredicate: [PREVIOUS_HOSTS] }),
    // A 64-bit count, which proto3 JSON writes as text.
    ...(hostSelectionAttempts !== 0 && { hostSelectionRetryMaxAttempts: String(hostSelectionAttempts) }),
    ...(statusCodes.length > 0 && { retriableStatusCodes: statusCodes }),
    ...(backoff !== undefined && { retryBackOff: { baseInterval: encodeDuration(backoff) } }),
  };
}

function encodeMirror({ cluster, share }: MirrorIr): ProtoJson {
  return {
    cluster,
    runtimeFraction: { defaultValue: encodeShare(share) },
    traceSampled: false,
    disableShadowHostSuffixAppend: true,
  };
}

function encodeHashKey(key: HashKeyIr): ProtoJson {
  switch (key.on) {
    case 'header':
      return { header: { headerName: key.name } };
    case 'cookie': {
      const { name, ttl, path, attributes } = key;
      return {
        cookie: {
          name,
          ...(ttl !== undefined && { ttl: encodeDuration(ttl) }),
          ...(path !== '' && { path }),
          ...(attributes.length > 0 && { attributes }),
        },
      };
    }
    case 'query-parameter':
      return { queryParameter: { name: key.name } };
    case 'source-ip':
      return { connectionProperties: { sourceIp: true } };
    default:
      return unreachable(key);
  }
}

function encodeGrpcBound({ grpcTimeoutBound, timeout }: ForwardIr): ProtoJson {
  if (grpcTimeoutBound === 'route') return { maxGrpcTimeout: encodeDuration(timeout) };
  return { maxStreamDuration: { maxStreamDuration: '0s', grpcTimeoutHeaderMax: '0s' } };
}
