import { checkCondition, checkOperation, checkSource } from './authorization-value-checks.ts';
import type { AuthorizationPolicySpec, RuleSpec, SourceSpec } from './authorization-policy-spec.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import { checkPolicyTarget } from './policy-target-checks.ts';
import { parseTruth } from './truth-words.ts';
import { DRY_RUN_ANNOTATION } from './well-known-names.ts';

/** What the CRD allows. */
const MOST_RULES = 512;
const MOST_SOURCES = 512;

/** VAL-1 to VAL-13: what Istio's admission and its CRD would say. */
export function checkAuthorizationPolicy({ metadata, spec }: Subject<AuthorizationPolicySpec>, log: FindingLog): void {
  const { action = 'ALLOW', provider, rules = [] } = spec;
  const here = log.at('spec');
  checkDryRun(log.at('metadata.annotations'), action, metadata.annotations?.[DRY_RUN_ANNOTATION]);
  checkPolicyTarget(here, spec);
  if (provider !== undefined && action !== 'CUSTOM') {
    here
      .at('provider')
      .error('CONFLICT', `\`provider\` must not be with non CUSTOM action, found ${action}; remove it`);
  }
  if (rules.length === 0 && (action === 'DENY' || action === 'CUSTOM')) {
    const message = `${action} action without \`rules\` is meaningless as it will never be triggered; write {} for every request`;
    here.at('rules').error('REQUIRED', message);
  }
  if (action === 'CUSTOM' && rules.length > 0 && (provider?.name ?? '') === '') {
    here.at('provider.name').error('REQUIRED', '`provider.name` must not be empty; name one of the extensionProviders');
  }
  if (rules.length > MOST_RULES) {
    here.at('rules').error('INVALID_VALUE', `must have at most ${MOST_RULES} items; write a second policy`);
  }
  rules.forEach((rule, index) => checkRule(here.at(`rules[${index}]`), rule, action));
}

/** VAL-1; XAZ-5 */
function checkDryRun(log: FindingLog, action: string, value: string | undefined): void {
  if (value === undefined) return;
  const here = log.member(DRY_RUN_ANNOTATION);
  if (action !== 'ALLOW' && action !== 'DENY') {
    here.error('CONFLICT', `a dry run is for the actions ALLOW and DENY, not for ${action}; remove the annotation`);
  }
  if (parseTruth(value) === undefined) {
    here.error('INVALID_VALUE', `${JSON.stringify(value)} is neither true nor false; write "true" or "false"`);
  }
}

type Action = NonNullable<AuthorizationPolicySpec['action']>;

/** VAL-6 */
function checkRule(log: FindingLog, rule: RuleSpec, action: Action): void {
  const { from, to, when = [] } = rule;
  if (from?.length === 0) log.at('from').error('REQUIRED', '`from` must not be empty; leave it out to mean anybody');
  if (to?.length === 0) log.at('to').error('REQUIRED', '`to` must not be empty; leave it out to mean anything');
  if ((from?.length ?? 0) > MOST_SOURCES) {
    log.at('from').error('INVALID_VALUE', `must have at most ${MOST_SOURCES} items; write a second rule`);
  }
  from?.forEach(({ source }, index) => {
    const here = log.at(`from[${index}].source`);
    if (source === undefined || isEmpty(source)) {
      here.error('REQUIRED', '`from.source` must not be empty; say who is meant, or leave `from` out');
    } else checkSource(here, source);
  });
  to?.forEach(({ operation }, index) => {
    const here = log.at(`to[${index}].operation`);
    if (operation === undefined || isEmpty(operation)) {
      here.error('REQUIRED', '`to.operation` must not be empty; say what is meant, or leave `to` out');
    } else checkOperation(here, operation);
  });
  when.forEach((condition, index) => checkCondition(log.at(`when[${index}]`), condition));
  if (action === 'CUSTOM') checkAskedBeforeTokens(log, rule);
  if (action === 'DENY' && deniesAllTcp(rule)) {
    const message =
      'only HTTP attributes in a DENY rule: it denies all traffic to TCP ports that it is for; say the ports in operation.ports';
    log.warning('INEFFECTIVE', message);
  }
}

const isEmpty = (lists: Readonly<Record<string, readonly string[] | undefined>>): boolean =>
  Object.values(lists).every((list) => (list?.length ?? 0) === 0);

/** XAZ-13: the authorizer is asked before tokens are read, and without regard to who calls. */
const NOT_CUSTOM_SOURCES = [
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
  'trustDomains',
  'notTrustDomains',
  'principals',
  'notPrincipals',
  'requestPrincipals',
  'notRequestPrincipals',
] as const satisfies readonly (keyof SourceSpec)[];
const NOT_CUSTOM_KEYS: ReadonlySet<string> = new Set([
  'source.namespace',
  'source.serviceAccount',
  'source.trustDomain',
  'source.principal',
]);
const NOT_CUSTOM = 'is not supported with action CUSTOM; put it into an ALLOW or DENY policy';

function checkAskedBeforeTokens(log: FindingLog, { from = [], when = [] }: RuleSpec): void {
  from.forEach(({ source = {} }, index) => {
    for (const member of NOT_CUSTOM_SOURCES.filter((name) => (source[name]?.length ?? 0) > 0)) {
      log.at(`from[${index}].source.${member}`).error('CONFLICT', `${member} ${NOT_CUSTOM}`);
    }
  });
  when.forEach(({ key = '' }, index) => {
    if (!NOT_CUSTOM_KEYS.has(key) && !key.startsWith('request.auth.')) return;
    log.at(`when[${index}].key`).error('CONFLICT', `${key} ${NOT_CUSTOM}`);
  });
}

/** VAL-12: where connections carry no HTTP the attributes of HTTP are left out, and nothing else narrows the rule. */
function deniesAllTcp({ from = [], to = [] }: RuleSpec): boolean {
  const hasTcpSource = from.some(({ source = {} }) => hasAny(source, TCP_SOURCES));
  const hasPort = to.some(({ operation = {} }) => hasAny(operation, ['ports', 'notPorts']));
  if (to.length > 0) return !hasPort;
  return from.length > 0 && !hasTcpSource;
}

/** Trust domains are among them, unlike in Istio: they are read from the certificate, whatever the connection carries. */
const TCP_SOURCES: readonly string[] = [
  ...['principals', 'notPrincipals', 'namespaces', 'notNamespaces', 'serviceAccounts', 'notServiceAccounts'],
  ...['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks', 'trustDomains', 'notTrustDomains'],
];

const hasAny = (lists: Readonly<Record<string, readonly string[] | undefined>>, names: readonly string[]): boolean =>
  names.some((name) => lists[name] !== undefined);
