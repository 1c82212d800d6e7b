import { isIpAddress, parseIpPrefix } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import type { ConditionSpec, OperationSpec, SourceSpec } from './authorization-policy-spec.ts';
import type { FindingLog } from './finding.ts';
import { pathTemplateProblem } from './path-template.ts';

/** Says what is wrong with one value; `undefined` where nothing is. */
type Problem = (value: string) => string | undefined;

const ipProblem: Problem = (value) => {
  if (value.includes('/')) {
    return parseIpPrefix(value) === undefined ? `bad CIDR range (${value}); write it as 10.0.0.0/8` : undefined;
  }
  return isIpAddress(value) ? undefined : `bad IP address (${value}); write it as 10.0.0.1 or 10.0.0.0/8`;
};

const portProblem: Problem = (value) =>
  /^\d{1,10}$/.test(value) && Number(value) <= 65535
    ? undefined
    : `bad port (${value}); write a number from 0 to 65535`;

const wildcardProblem: Problem = (value) => {
  const count = value.split('*').length - 1;
  if (count > 1) return `at most one wildcard is allowed, found ${quoted(value)}; write a second value`;
  const isWithin = count === 1 && !value.startsWith('*') && !value.endsWith('*');
  return isWithin ? `wildcard is only allowed at the start or end, found ${quoted(value)}` : undefined;
};

/** VAL-9 */
const trustDomainProblem: Problem = (value) =>
  wildcardProblem(value) ??
  (value.includes('/') ? `trust domain must not contain "/", found ${quoted(value)}; write its name alone` : undefined);

const LONGEST_ACCOUNT = 320;
const MOST_ACCOUNTS = 16;

/** VAL-8 */
const accountProblem: Problem = (value) => {
  if (value.includes('*')) return `wildcard not allowed, found ${quoted(value)}; write each account`;
  if (value.length > LONGEST_ACCOUNT) return `value cannot exceed ${LONGEST_ACCOUNT} characters; no account is as long`;
  const parts = value.split('/');
  const isName = parts.length <= 2 && parts.every((part) => part !== '');
  return isName ? undefined : `expected account or namespace/account, found ${quoted(value)}`;
};

/** VAL-10 */
const pathProblem: Problem = pathTemplateProblem;

const fine: Problem = () => undefined;

/** VAL-7: no value is empty, and each is of its sort. */
function checkValues(log: FindingLog, list: readonly string[] | undefined, problemOf: Problem): void {
  list?.forEach((value, index) => {
    const problem = value === '' ? 'empty value not allowed; remove it' : problemOf(value);
    if (problem !== undefined) log.at(`[${index}]`).error('INVALID_VALUE', problem);
  });
}

function checkAccounts(log: FindingLog, list: readonly string[] | undefined): void {
  if ((list?.length ?? 0) > MOST_ACCOUNTS) {
    log.error('INVALID_VALUE', `may not have more than ${MOST_ACCOUNTS} values; write a second source`);
  }
  checkValues(log, list, accountProblem);
}

const SOURCES: Readonly<Record<keyof SourceSpec, Problem>> = {
  principals: fine,
  notPrincipals: fine,
  requestPrincipals: fine,
  notRequestPrincipals: fine,
  namespaces: fine,
  notNamespaces: fine,
  serviceAccounts: accountProblem,
  notServiceAccounts: accountProblem,
  trustDomains: trustDomainProblem,
  notTrustDomains: trustDomainProblem,
  ipBlocks: ipProblem,
  notIpBlocks: ipProblem,
  remoteIpBlocks: ipProblem,
  notRemoteIpBlocks: ipProblem,
};

const OPERATIONS: Readonly<Record<keyof OperationSpec, Problem>> = {
  hosts: fine,
  notHosts: fine,
  ports: portProblem,
  notPorts: portProblem,
  methods: fine,
  notMethods: fine,
  paths: pathProblem,
  notPaths: pathProblem,
};

const names = <Members extends object>(table: Members): readonly (keyof Members & string)[] =>
  Object.keys(table) as (keyof Members & string)[];

export function checkSource(log: FindingLog, source: SourceSpec): void {
  for (const name of names(SOURCES)) {
    if (SOURCES[name] === accountProblem) checkAccounts(log.at(name), source[name]);
    else checkValues(log.at(name), source[name], SOURCES[name]);
  }
  const hasAccounts = source.serviceAccounts !== undefined || source.notServiceAccounts !== undefined;
  const { principals, notPrincipals, namespaces, notNamespaces } = source;
  if (hasAccounts && [principals, notPrincipals, namespaces, notNamespaces].some((list) => list !== undefined)) {
    const message =
      'cannot set serviceAccounts with namespaces or principals; write namespace/account in serviceAccounts';
    log.error('CONFLICT', message);
  }
}

export function checkOperation(log: FindingLog, operation: OperationSpec): void {
  for (const name of names(OPERATIONS)) checkValues(log.at(name), operation[name], OPERATIONS[name]);
}

/** VAL-11: keys whose whole name is known, and how their values look. */
const KEYS: ReadonlyMap<string, Problem> = new Map([
  ['source.ip', ipProblem],
  ['remote.ip', ipProblem],
  ['source.namespace', fine],
  ['source.serviceAccount', accountProblem],
  ['source.trustDomain', wildcardProblem],
  ['source.principal', fine],
  ['request.auth.principal', fine],
  ['request.auth.audiences', fine],
  ['request.auth.presenter', fine],
  ['destination.ip', ipProblem],
  ['destination.port', portProblem],
  ['connection.sni', fine],
]);

/** Keys that name a member behind them. */
const MAPS = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];

/** Keys of the past, and what to write in their place. */
const GONE: readonly (readonly [key: string, message: string])[] = [
  ['destination.namespace', 'attribute destination.namespace is replaced by the metadata.namespace of the policy'],
  ['destination.labels', 'attribute destination.labels is replaced by the selector of the policy'],
  ['destination.name', 'deprecated attribute destination.name: use the selector of the policy'],
  ['destination.user', 'deprecated attribute destination.user: use the selector of the policy'],
];

const KNOWN_KEYS = [...KEYS.keys(), 'request.headers[name]', 'request.auth.claims[name]'].join(', ');

export function checkCondition(log: FindingLog, { key = '', values, notValues }: ConditionSpec): void {
  if (key === '') {
    log.at('key').error('REQUIRED', `\`key\` must not be empty; use one of ${KNOWN_KEYS}`);
    return;
  }
  if ((values?.length ?? 0) + (notValues?.length ?? 0) === 0) {
    log.error('REQUIRED', `at least one of \`values\` or \`notValues\` must be set for key ${key}`);
  }
  const here = log.at('key');
  const problemOf = KEYS.get(key);
  if (problemOf === undefined) {
    const problem = MAPS.some((prefix) => key.startsWith(prefix)) ? mapKeyProblem(key) : unknownKey(key);
    if (problem !== undefined) here.error('INVALID_VALUE', problem);
  }
  for (const [name, list] of [
    ['values', values],
    ['notValues', notValues],
  ] as const) {
    if (problemOf === accountProblem) checkAccounts(log.at(name), list);
    else checkValues(log.at(name), list, problemOf ?? fine);
  }
}

function unknownKey(key: string): string {
  const gone = GONE.find(([old]) => key === old || (old === 'destination.labels' && key.startsWith(old)));
  return gone?.[1] ?? `unknown attribute: ${key}; use one of ${KNOWN_KEYS}`;
}

function mapKeyProblem(key: string): string | undefined {
  const open = key.indexOf('[');
  const isMap = key.endsWith(']') && open > 0 && open < key.length - 2;
  return isMap ? undefined : `bad key (${key}): should have format a[b]`;
}
