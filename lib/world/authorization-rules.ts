import type { Issue } from '../base/issue.ts';
import { type IpRange, isIpAddress, parseIpPrefix } from '../base/ip-address.ts';
import type { AuthorizationRule, OperationCondition, SourceCondition } from '../model/authorization-policy.ts';
import type { ConditionSpec, OperationSpec, RuleSpec, SourceSpec } from '../resources/authorization-policy-spec.ts';
import { expandPrincipals, expandTrustDomains } from './trust-domains.ts';

/** What a rule is read with. */
interface RuleSetting {
  /** Of the policy; service accounts without one are in it. */
  readonly namespace: string;
  /** Of the mesh, the current one first. */
  readonly trustDomains: readonly string[];
}

type Problem = Omit<Issue, 'resource' | 'path'>;

interface ReadRule {
  readonly rule: AuthorizationRule;
  readonly problems: readonly Problem[];
}

type Texts = readonly string[] | undefined;

/** AZ-13: conditions of `when` go behind those of each source or of each operation, by what they are about. */
export function readAuthorizationRule({ from = [], to = [], when = [] }: RuleSpec, setting: RuleSetting): ReadRule {
  const reader = conditionReader(setting);
  const conditions = when.map((condition) => reader.condition(condition));
  const ofSources = conditions.flatMap((condition) => ('source' in condition ? [...condition.source] : []));
  const ofOperations = conditions.flatMap((condition) => ('operation' in condition ? [...condition.operation] : []));
  const sources = (from.length === 0 ? [{}] : from).map(({ source = {} }) => [...reader.source(source), ...ofSources]);
  const operations = (to.length === 0 ? [{}] : to).map(({ operation = {} }) => [
    ...reader.operation(operation),
    ...ofOperations,
  ]);
  return { rule: { sources, operations }, problems: reader.problems };
}

/** A condition of `when` is about the one or the other. */
type ReadCondition =
  { readonly source: readonly SourceCondition[] } | { readonly operation: readonly OperationCondition[] };

function conditionReader({ namespace, trustDomains }: RuleSetting) {
  const problems: Problem[] = [];
  const unreadable = (message: string): readonly [{ readonly on: 'unreadable' }] => {
    problems.push({ severity: 'error', code: 'AUTHORIZATION_RULE_UNREADABLE', message });
    return [{ on: 'unreadable' }];
  };
  const texts = <On extends string>(on: On, values: Texts = [], notValues: Texts = []) =>
    values.length + notValues.length === 0 ? [] : [{ on, values, notValues }];
  const ranges = <On extends string>(on: On, values: Texts = [], notValues: Texts = []) => {
    const read = { on, values: values.flatMap(readRange), notValues: notValues.flatMap(readRange) };
    const isRead = read.values.length === values.length && read.notValues.length === notValues.length;
    return isRead
      ? texts(on, values, notValues).map(() => read)
      : unreadable(`${on}: ${values.concat(notValues).join(', ')} is no list of addresses and ranges`);
  };
  const ports = (values: Texts = [], notValues: Texts = []): readonly OperationCondition[] => {
    const read = { on: 'destination-port', values: values.map(Number), notValues: notValues.map(Number) } as const;
    if ([...values, ...notValues].every(isPortText)) return texts('', values, notValues).map(() => read);
    return unreadable(`${values.concat(notValues).join(', ')} is no list of ports`);
  };
  const principals = (values: Texts = [], notValues: Texts = []) => {
    const [wanted, unwanted] = [expandPrincipals(values, trustDomains), expandPrincipals(notValues, trustDomains)];
    for (const principal of [...wanted.foreign, ...unwanted.foreign]) problems.push(foreignDomain(principal));
    return texts('principal', wanted.principals, unwanted.principals);
  };
  const domains = (values: Texts = [], notValues: Texts = []) =>
    texts('trust-domain', expandTrustDomains(values, trustDomains), expandTrustDomains(notValues, trustDomains));
  const account = (text: string): string => (text.includes('/') ? text : `${namespace}/${text}`);
  const accounts = (values: Texts = [], notValues: Texts = []) =>
    texts('service-account', values.map(account), notValues.map(account));
  const readers = { texts, ranges, ports, principals, domains, accounts, unreadable };
  return {
    problems,
    source: (spec: SourceSpec) => readSource(spec, readers),
    operation: (spec: OperationSpec) => readOperation(spec, readers),
    condition: (spec: ConditionSpec) => readCondition(spec, readers),
  };
}

/** How lists of values become conditions; a list that asks for nothing becomes none. */
interface Readers {
  texts<On extends string>(
    on: On,
    values: Texts,
    notValues: Texts,
  ): readonly { on: On; values: readonly string[]; notValues: readonly string[] }[];
  ranges<On extends string>(
    on: On,
    values: Texts,
    notValues: Texts,
  ): readonly ({ on: On; values: readonly IpRange[]; notValues: readonly IpRange[] } | { on: 'unreadable' })[];
  ports(values: Texts, notValues: Texts): readonly OperationCondition[];
  principals(values: Texts, notValues: Texts): readonly SourceCondition[];
  domains(values: Texts, notValues: Texts): readonly SourceCondition[];
  accounts(values: Texts, notValues: Texts): readonly SourceCondition[];
  unreadable(message: string): readonly [{ readonly on: 'unreadable' }];
}

/** AZ-13: in this order. */
const readSource = (spec: SourceSpec, read: Readers): readonly SourceCondition[] => [
  ...read.principals(spec.principals, spec.notPrincipals),
  ...read.texts('request-principal', spec.requestPrincipals, spec.notRequestPrincipals),
  ...read.accounts(spec.serviceAccounts, spec.notServiceAccounts),
  ...read.domains(spec.trustDomains, spec.notTrustDomains),
  ...read.texts('namespace', spec.namespaces, spec.notNamespaces),
  ...read.ranges('client-address', spec.remoteIpBlocks, spec.notRemoteIpBlocks),
  ...read.ranges('connection-address', spec.ipBlocks, spec.notIpBlocks),
];

const readOperation = (spec: OperationSpec, read: Readers): readonly OperationCondition[] => [
  ...read.texts('host', spec.hosts, spec.notHosts),
  ...read.texts('method', spec.methods, spec.notMethods),
  ...read.texts('path', spec.paths, spec.notPaths),
  ...read.ports(spec.ports, spec.notPorts),
];

type KeyReader = (values: Texts, notValues: Texts, read: Readers) => ReadCondition;

/** AZ-29: most keys say what a member of a source or an operation says. */
const KEYS: ReadonlyMap<string, KeyReader> = new Map<string, KeyReader>([
  ['source.principal', (values, nots, read) => ({ source: read.principals(values, nots) })],
  ['source.namespace', (values, nots, read) => ({ source: read.texts('namespace', values, nots) })],
  ['source.serviceAccount', (values, nots, read) => ({ source: read.accounts(values, nots) })],
  ['source.trustDomain', (values, nots, read) => ({ source: read.domains(values, nots) })],
  ['source.ip', (values, nots, read) => ({ source: read.ranges('connection-address', values, nots) })],
  ['remote.ip', (values, nots, read) => ({ source: read.ranges('client-address', values, nots) })],
  ['request.auth.principal', (values, nots, read) => ({ source: read.texts('request-principal', values, nots) })],
  ['request.auth.audiences', (values, nots, read) => ({ source: read.texts('request-audience', values, nots) })],
  ['request.auth.presenter', (values, nots, read) => ({ source: read.texts('request-presenter', values, nots) })],
  ['destination.ip', (values, nots, read) => ({ operation: read.ranges('destination-address', values, nots) })],
  ['destination.port', (values, nots, read) => ({ operation: read.ports(values, nots) })],
  ['connection.sni', (values, nots, read) => ({ operation: read.texts('server-name', values, nots) })],
]);

const HEADERS = 'request.headers';
const CLAIMS = 'request.auth.claims';
const FILTERS = 'experimental.envoy.filters.';

function readCondition({ key = '', values, notValues }: ConditionSpec, read: Readers): ReadCondition {
  const known = KEYS.get(key);
  if (known !== undefined) return known(values, notValues, read);
  if (key.startsWith(HEADERS)) {
    const name = inBrackets(key.slice(HEADERS.length));
    if (name === undefined) return { source: read.unreadable(`${key} names no header; write ${HEADERS}[name]`) };
    return { source: read.texts('request-header', values, notValues).map((each) => ({ ...each, name })) };
  }
  if (key.startsWith(CLAIMS)) {
    const path = claimPath(key.slice(CLAIMS.length));
    if (path === undefined) return { source: read.unreadable(`${key} names no claim; write ${CLAIMS}[name]`) };
    return { source: read.texts('request-claim', values, notValues).map((each) => ({ ...each, path })) };
  }
  const [, filter, member] = key.startsWith(FILTERS) ? (/^experimental\.([^[]+)\[(.*?)\]?$/s.exec(key) ?? []) : [];
  if (filter === undefined || member === undefined) {
    return { source: read.unreadable(`unknown attribute ${key}; see the documentation of conditions`) };
  }
  const metadata = read.texts('filter-metadata', values, notValues);
  return { operation: metadata.map((each) => ({ ...each, filter, key: member })) };
}

const inBrackets = (text: string): string | undefined =>
  text.length > 2 && text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : undefined;

/** AZ-22: `[a][b]` is a claim within a claim; what is bracketed in another way is one name. */
function claimPath(text: string): readonly string[] | undefined {
  if (!/^(?:\[[^[\]]*\])+$/.test(text)) {
    const name = inBrackets(text);
    return name === undefined ? undefined : [name];
  }
  return text.slice(1, -1).split('][');
}

/** AZ-20: a single address is a range of one. */
function readRange(text: string): readonly IpRange[] {
  if (isIpAddress(text)) return [{ address: text, bits: text.includes(':') ? 128 : 32 }];
  const prefix = parseIpPrefix(text);
  return prefix === undefined ? [] : [{ address: text.slice(0, text.indexOf('/')), bits: prefix.bits }];
}

const isPortText = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) <= 65535;

/** TD-1 */
const foreignDomain = (principal: string): Problem => ({
  severity: 'warning',
  code: 'TRUST_DOMAIN_UNKNOWN',
  message: `the trust domain of ${principal} is neither that of the mesh nor one of its aliases; only its own certificates match`,
});
