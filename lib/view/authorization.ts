import type { Issue, Noted } from '../base/issue.ts';
import type { AuthorizationPolicy } from '../model/authorization-policy.ts';
import type { Service } from '../model/service.ts';
import { isVisibleTo } from '../model/visibility.ts';
import { authorizerService } from '../world/authorizers.ts';
import type { World } from '../world/world.ts';
import { attachedPolicies } from './attached-policies.ts';
import type { ProxyAuthorization, ReachedAuthorizer } from './proxy-authorization.ts';
import type { ViewFacts } from './proxy-view.ts';

/** The policies that apply to a proxy, and their authorizers; issues name those that cannot be asked. */
export function proxyAuthorization(
  world: World,
  facts: ViewFacts,
  services: readonly { readonly service: Service }[],
): Noted<ProxyAuthorization> {
  const policies = attachedPolicies(world.authorizationPolicies, [world.mesh.rootNamespace, facts.namespace], facts);
  if (policies.length === 0) return NOBODY_DECIDES;
  const asking = policies.filter(({ action }) => action === 'custom');
  const names = [...new Set(asking.map(({ provider }) => provider))].sort();
  const issues = names.length > 1 ? asking.map(severalAuthorizers(names)) : [];
  const authorizers = names.flatMap((name) => {
    const reached = reachedAuthorizer(world, facts, { name, services });
    if (typeof reached !== 'string') return [reached];
    issues.push(...asking.filter(({ provider }) => provider === name).map(unusable(reached)));
    return [];
  });
  return { value: { policies, authorizers }, issues };
}

/** One object, so that whatever remembers by objects knows it again. */
const NOBODY_DECIDES: Noted<ProxyAuthorization> = { value: { policies: [], authorizers: [] }, issues: [] };

/** An authorizer, or why it cannot be asked (XAZ-4, XAZ-8). */
function reachedAuthorizer(
  { mesh, services: all }: World,
  { namespace }: ViewFacts,
  { name, services }: { readonly name: string; readonly services: readonly { readonly service: Service }[] },
): ReachedAuthorizer | string {
  const settings = mesh.authorizers.find((each) => each.name === name);
  if (settings === undefined)
    return `no extensionProvider is called ${name}; name one that asks an external authorizer`;
  if (settings.problem !== undefined) return settings.problem;
  const service = authorizerService(settings, all);
  if (typeof service === 'string') return service;
  if (!isVisibleTo(service.visibility, namespace)) {
    return `the service ${settings.service} is not exported to namespace ${namespace}`;
  }
  if (!service.ports.some(({ number }) => number === settings.port)) {
    return `the service ${settings.service} has no port ${settings.port}`;
  }
  const rival = services.find((each) => each.service.hostname === service.hostname)?.service;
  return rival === undefined || rival.namespace === service.namespace
    ? { settings, service }
    : `its host ${service.hostname} is that of another service, in namespace ${rival.namespace}, for these proxies`;
}

const DENIED = 'until then every request that its rules match is denied';

const unusable =
  (problem: string) =>
  ({ source, provider }: AuthorizationPolicy): Issue => ({
    severity: 'error',
    code: 'AUTHORIZER_UNUSABLE',
    resource: source,
    path: 'spec.provider.name',
    message: `authorizer ${provider} cannot be asked: ${problem}; ${DENIED}`,
  });

/** XAZ-3 */
const severalAuthorizers =
  (names: readonly string[]) =>
  ({ source }: AuthorizationPolicy): Issue => ({
    severity: 'error',
    code: 'AUTHORIZER_CONFLICT',
    resource: source,
    path: 'spec.provider.name',
    message: `policies of one workload name several authorizers (${names.join(', ')}); keep one of them, ${DENIED}`,
  });
