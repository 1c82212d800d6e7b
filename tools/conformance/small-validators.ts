import { meshName } from '../../lib/resources/well-known-names.ts';
import type { Case } from './case.ts';
import { at, textAt, type Json } from './json.ts';

type Arguments = { readonly [name: string]: Json };
type Question = { readonly object: Json };

/** The smallest document around what a small validator looks at; a document that is valid but for it. */
const DOCUMENTS: Readonly<Record<string, (args: Arguments) => Question>> = {
  ValidateControlPlaneAuthPolicy: ({ policy }) =>
    proxyConfig({ controlPlaneAuthPolicy: AUTH_POLICIES[Number(policy)] ?? 'no policy' }),
  ValidateDrainDuration: ({ drainTime }) => proxyConfig({ drainDuration: drainTime }),
  ValidateDuration: ({ pd }) => http({ ...routed, timeout: pd }),
  ValidateIPAddress: ({ addr }) => serviceEntry({ addresses: [addr ?? null] }),
  ValidateIPSubnet: ({ subnet }) => serviceEntry({ addresses: [subnet ?? null] }),
  ValidatePortName: ({ name }) => serviceEntry({ ports: [{ number: 80, name: name ?? '', protocol: 'HTTP' }] }),
  ValidateProtocolDetectionTimeout: ({ timeout }) => meshConfig({ protocolDetectionTimeout: timeout }),
  ValidateProxyAddress: ({ hostAddr }) => proxyConfig({ discoveryAddress: hostAddr }),
  ValidateTLS: ({ settings }) => policy({ tls: settings }),
  ValidateTrustDomain: ({ domain }) => meshConfig({ trustDomain: domain }),
  ValidateLocalityLbSetting: ({ lb, outlier }) =>
    policy({ loadBalancer: { simple: 'ROUND_ROBIN', localityLbSetting: lb ?? null }, outlierDetection: outlier }),
  ValidateZoneAwareLbSetting: ({ lb, outlier }) =>
    policy({ loadBalancer: { simple: 'ROUND_ROBIN', zoneAwareLbSetting: lb ?? null }, outlierDetection: outlier }),
  validateLocalities: ({ localities }) =>
    policy({ loadBalancer: { simple: 'ROUND_ROBIN', localityLbSetting: { distribute: distribution(localities) } } }),
  validateMeshConfigDefaultInboundHTTPRetryPolicy: ({ retry }) => meshConfig({ defaultInboundHttpRetryPolicy: retry }),
  validateMeshConfigDefaultTrafficPolicy: ({ dtp }) => meshConfig({ defaultTrafficPolicy: dtp }),
  ValidateWildcardDomain: ({ domain }) => calledHost(domain),
  ValidateWildcardDomainForVirtualServiceBoundToGateway: ({ domain, sni }) => snatHost(domain ?? null, sni === true),
  ValidateStrictHTTPHeaderName: ({ name }) => http({ ...routed, corsPolicy: { allowHeaders: [name ?? null] } }),
  ValidateHTTPHeaderNameOrJwtClaimRoute: ({ name }) =>
    http({ ...routed, match: [{ headers: { [typeof name === 'string' ? name : '']: { exact: 'a' } } }] }),
  ValidateHTTPHeaderValue: ({ value }) => http({ ...routed, headers: { request: { set: { 'x-a': value ?? null } } } }),
  ValidateHTTPRetry: ({ retries }) => http({ ...routed, retries }),
  validateCORSPolicy: ({ policy: cors }) => http({ ...routed, corsPolicy: cors }),
  validateConnectionPool: ({ settings }) => policy({ connectionPool: settings }),
  validateHTTPRoute: ({ delegate, http: rule }) => http((rule ?? {}) as Arguments, delegate === true ? [] : ['a.test']),
  validateDestination: ({ destination }) => http({ route: [{ destination: destination ?? null }] }),
  validateHTTPDirectResponse: ({ directResponse }) => http({ directResponse }),
  validateHTTPFaultInjectionAbort: ({ abort }) => fault({ abort }),
  validateHTTPFaultInjectionDelay: ({ delay }) => fault({ delay }),
  validateHTTPRedirect: ({ matches, redirect }) => http({ match: matches, redirect }),
  validateHTTPRewrite: ({ rewrite }) => http({ ...routed, rewrite }),
  validateHTTPStatus: ({ status }) => http({ directResponse: { status: status ?? null } }),
  validateLoadBalancer: ({ settings, outlier }) => policy({ loadBalancer: settings, outlierDetection: outlier }),
  validateOutlierDetection: ({ outlier }) => policy({ outlierDetection: outlier }),
  validateRouteDestinations: ({ weights }) => http({ route: weights }),
  validateServer: ({ server }) => gateway((server ?? {}) as Arguments),
  validateServerPort: ({ port, bind }) => gateway({ hosts: ['*'], port: port ?? {}, bind: bind ?? '' }),
  validateTLSOptions: ({ tls }) =>
    gatewayServer({ port: { number: 443, name: 'tls', protocol: isForwarding(tls) ? 'TLS' : 'HTTPS' }, tls }),
  validateTrafficPolicy: ({ policy: whole }) => policy((whole ?? {}) as Arguments),
  validateURIRegexRewrite: ({ regexRewrite }) =>
    http({ ...routed, rewrite: { uriRegexRewrite: regexRewrite ?? null } }),
  validateExportTo: exported,
};

/** Recorded by their numbers, which nobody writes. */
const AUTH_POLICIES = ['NONE', 'MUTUAL_TLS'];

/** What to ask about the arguments of a small validator; `undefined` where admission has no part that is like it. */
export function validatedDocument({ name, body }: Case): Json | undefined {
  const args = at(body, 'args');
  const row = DOCUMENTS[textAt(body, 'fn')];
  if (row === undefined || hasError(args ?? null)) return undefined;
  return { name, ...row((args ?? {}) as Arguments) };
}

/** Arguments that could not be written as JSON say so in a member of their own. */
const hasError = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, member]) => key === '$error' || hasError(member));

const document = (kind: string, spec: Arguments): Question => ({
  object: {
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name: 'a', namespace: 'default' },
    spec: set(spec),
  },
});

/** Without members that an argument leaves out or sets to nothing. */
const set = (members: { readonly [name: string]: Json | undefined }): Arguments =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null),
  );

type Members = { readonly [name: string]: Json | undefined };

const routed = { route: [{ destination: { host: 'a.test' } }] };

const http = (rule: Members, hosts: readonly string[] = ['a.test']): Question =>
  document('VirtualService', { hosts, http: [set(rule)] });

/** A rule without any fault where the argument is none. */
function fault(kinds: Members): Question {
  const written = set(kinds);
  return http(Object.keys(written).length === 0 ? routed : { ...routed, fault: written });
}

const policy = (blocks: Members): Question =>
  document('DestinationRule', { host: 'a.test', trafficPolicy: set(blocks) });

const serviceEntry = (members: Members): Question =>
  document('ServiceEntry', {
    hosts: ['a.test'],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    ...set(members),
  });

const gateway = (server: Arguments): Question =>
  document('Gateway', { selector: { app: 'gateway' }, servers: [server] });

const gatewayServer = (members: Members): Question =>
  gateway({ hosts: ['*'], port: { number: 80, name: 'http', protocol: 'HTTP' }, ...set(members) });

const isForwarding = (tls: Json | undefined): boolean =>
  ['PASSTHROUGH', 'AUTO_PASSTHROUGH', undefined].includes(at(tls, 'mode') as string | undefined);

const calledHost = (host: Json | undefined): Question => document('DestinationRule', { host: host ?? '' });

/** A name in a TLS match where it is about SNI, else a host like any other. */
function snatHost(domain: Json, isSni: boolean): Question {
  const route = [{ destination: { host: 'a.test' } }];
  if (!isSni) return calledHost(domain);
  const tls = [{ match: [{ port: 443, sniHosts: [domain] }], route }];
  return document('VirtualService', { hosts: [domain], gateways: ['gateway'], tls });
}

const meshConfig = (members: Members): Question => ({
  object: {
    apiVersion: 'pilotless.dev/v1',
    kind: 'Mesh',
    metadata: { name: meshName },
    spec: { meshConfig: set(members) },
  },
});
const proxyConfig = (members: Members): Question => meshConfig({ defaultConfig: set(members) });

/** Each place is the target of its own; all of the traffic goes to the first. */
const distribution = (localities: Json | undefined): Json =>
  (Array.isArray(localities) ? (localities as readonly Json[]) : []).map((from) => ({
    from,
    to: { 'region/zone/subzone': 100 },
  }));

function exported({ exportTo, isServiceEntry, isDestinationRuleWithSelector }: Arguments): Question {
  if (isServiceEntry === true) return serviceEntry({ exportTo });
  const selector = isDestinationRuleWithSelector === true ? { matchLabels: { app: 'a' } } : undefined;
  return document('DestinationRule', { host: 'a.test', ...set({ exportTo, workloadSelector: selector }) });
}
