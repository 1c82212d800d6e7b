import { outboundCluster } from '../ir/cluster-name.ts';
import type {
  AccessFilterIr,
  AccessPolicyIr,
  AccessRulesIr,
  AskedIr,
  AuthorizerFilterIr,
  TextMatchIr,
} from '../ir/access.ts';
import type { AuthorizationAction, AuthorizationPolicy } from '../model/authorization-policy.ts';
import type { AskedByHttp } from '../model/authorizer.ts';
import type { ProxyAuthorization, ReachedAuthorizer } from '../view/proxy-authorization.ts';
import { accessPolicy, matchesNothing, type RulePlace } from './access-rules.ts';
import { textMatch } from './access-matches.ts';

export type AuthorizationFilterIr = AccessFilterIr | AuthorizerFilterIr;

/** What a chain that requests reach the proxy by does to them, in the two places that filters for tokens stand between. */
export interface PlacedFilters {
  /** AZ-2: first of all, external authorizers are asked. */
  readonly asking: readonly AuthorizationFilterIr[];
  /** AZ-8: then audit, deny, allow. */
  readonly deciding: readonly AuthorizationFilterIr[];
}

export interface AuthorizationFilters {
  readonly http: PlacedFilters;
  readonly tcp: PlacedFilters;
}

/** The filters of all chains of a proxy that its policies are about. */
export const authorizationFilters = (authorization: ProxyAuthorization): AuthorizationFilters => ({
  http: placedFilters(authorization, 'requests'),
  tcp: placedFilters(authorization, 'connections'),
});

type Sees = RulePlace['sees'];

function placedFilters({ policies, authorizers }: ProxyAuthorization, sees: Sees): PlacedFilters {
  const of = (action: AuthorizationAction): readonly AuthorizationPolicy[] =>
    policies.filter((policy) => policy.action === action);
  const [audit, deny, allow, custom] = [of('audit'), of('deny'), of('allow'), of('custom')];
  return {
    asking: askingFilters(custom, authorizers, sees),
    deciding: [
      ...decidingFilter(audit, 'log', sees),
      ...decidingFilter(deny, 'deny', sees),
      ...decidingFilter(allow, 'allow', sees),
    ],
  };
}

/** AZ-9; the names by which those who read statistics and spans know them. */
const DRY_RUN_PREFIXES: Readonly<Record<AccessRulesIr['action'], string>> = {
  allow: 'istio_dry_run_allow_',
  deny: 'istio_dry_run_deny_',
  log: '',
};

/** AZ-7, AZ-10: one filter for all policies of an action; with those that are only tried out alone it lets everything on. */
function decidingFilter(
  policies: readonly AuthorizationPolicy[],
  action: AccessRulesIr['action'],
  sees: Sees,
): readonly AccessFilterIr[] {
  if (policies.length === 0) return [];
  const place = { sees, isAllowing: action === 'allow' };
  const rulesOf = (isDryRun: boolean): AccessRulesIr | undefined => {
    const meant = policies.filter((policy) => policy.isDryRun === isDryRun);
    return meant.length === 0
      ? undefined
      : { action, policies: byName(meant.flatMap((each) => namedRules(each, place))) };
  };
  const trial = rulesOf(true);
  const trialPrefix = DRY_RUN_PREFIXES[trial === undefined ? 'allow' : action]; // without a trial as Istio writes it
  return [{ type: 'access', rules: rulesOf(false), trial, trialPrefix }];
}

/** AZ-7, XAZ-2 */
function namedRules(policy: AuthorizationPolicy, place: RulePlace, prefix = ''): readonly AccessPolicyIr[] {
  const { namespace, name, rules } = policy;
  const nameOf = (index: number): string => `${prefix}ns[${namespace}]-policy[${name}]-rule[${index}]`;
  if (rules.length === 0) return [matchesNothing(nameOf(0))];
  return rules.flatMap((rule, index) => accessPolicy(nameOf(index), rule, place) ?? []);
}

const byName = (policies: readonly AccessPolicyIr[]): readonly AccessPolicyIr[] =>
  policies.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const ASKED_FOR = 'istio-ext-authz-';
const ASKING_PREFIX = 'istio_ext_authz_';
const BAD_CUSTOM = '-deny-due-to-bad-CUSTOM-action';

/** XAZ-1, XAZ-3, XAZ-4: by the name of the authorizer. Who cannot be asked lets nobody in. */
function askingFilters(
  policies: readonly AuthorizationPolicy[],
  authorizers: readonly ReachedAuthorizer[],
  sees: Sees,
): readonly AuthorizationFilterIr[] {
  const byProvider = [...Map.groupBy(policies, ({ provider }) => provider)].sort(([a], [b]) => (a < b ? -1 : 1));
  const place = { sees, isAllowing: false };
  return byProvider.flatMap(([provider, asking]): readonly AuthorizationFilterIr[] => {
    const prefix = `${ASKED_FOR}${provider}-`;
    const rules = byName(asking.flatMap((policy) => namedRules(policy, place, prefix)));
    const reached = byProvider.length > 1 ? undefined : authorizers.find(({ settings }) => settings.name === provider);
    if (reached === undefined) {
      const denied = rules.map((policy) => ({ ...policy, name: `${policy.name}${BAD_CUSTOM}` }));
      return [{ type: 'access', rules: { action: 'deny', policies: denied }, trial: undefined, trialPrefix: '' }];
    }
    if (sees === 'connections' && reached.settings.asked.by === 'http') return []; // XAZ-6
    const trial = { action: 'deny', policies: rules } as const;
    return [{ type: 'access', rules: undefined, trial, trialPrefix: ASKING_PREFIX }, authorizerFilter(reached)];
  });
}

/** XAZ-9 to XAZ-12 */
function authorizerFilter({ settings, service }: ReachedAuthorizer): AuthorizerFilterIr {
  const { name, port, timeout, failsOpen, statusOnError, body, clearsRouteCache, asked } = settings;
  return {
    type: 'authorizer',
    cluster: outboundCluster(port, '', service.hostname),
    host: service.hostname,
    timeout,
    failsOpen,
    statusOnError,
    body,
    clearsRouteCache,
    asked: asked.by === 'grpc' ? asked : askedByHttp(asked),
    onlyFor: `${ASKED_FOR}${name}`,
    trialPrefix: ASKING_PREFIX,
  };
}

function askedByHttp({ pathPrefix, addedHeaders, ...headers }: AskedByHttp): AskedIr {
  const matches = (names: readonly string[]): readonly TextMatchIr[] => names.map(textMatch);
  return {
    by: 'http',
    pathPrefix,
    addedHeaders,
    shownHeaders: matches(headers.shownHeaders),
    toUpstreamOnAllow: matches(headers.toUpstreamOnAllow),
    toDownstreamOnDeny: matches(headers.toDownstreamOnDeny),
    toDownstreamOnAllow: matches(headers.toDownstreamOnAllow),
  };
}
