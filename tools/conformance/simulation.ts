import { judge, type Case, type Rendered, type Verdict } from './case.ts';
import { chooseFilterChain, type Connection } from './filter-chain-choice.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** What a call met on its way: names of what matched, or why it went no further. Empty where nothing was reached. */
interface Outcome {
  error?: string;
  listenerMatched?: string;
  filterChainMatched?: string;
  routeConfigMatched?: string;
  virtualHostMatched?: string;
  routeMatched?: string;
  clusterMatched?: string;
}

interface Call {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  readonly tls: string;
  readonly alpn: string;
  readonly serverName: string;
  readonly isInbound: boolean;
}

/** Sends each call of the case through the listeners, chains and routes that were rendered, and compares what it met. */
export function judgeSimulation(test: Case, rendered: Rendered): Verdict {
  const calls = listAt(test.body, 'calls');
  return judge(calls.map((entry) => difference(entry, rendered)));
}

function difference(entry: Json, rendered: Rendered): string | undefined {
  const expected = at(entry, 'expected');
  const actual = run(readCall(at(entry, 'call')), rendered);
  const isStrict = at(expected, 'strictMatch') === true;
  for (const field of FIELDS) {
    const want = textAt(expected, field);
    const got = actual[field] ?? '';
    if ((want !== '' || isStrict || field === 'error') && want !== got) {
      return `${textAt(entry, 'name')}: ${field} is ${got || 'none'}, Istio has ${want || 'none'}`;
    }
  }
  return undefined;
}

const FIELDS = [
  'error',
  'listenerMatched',
  'filterChainMatched',
  'routeConfigMatched',
  'virtualHostMatched',
  'routeMatched',
  'clusterMatched',
] as const;

function readCall(call: Json | undefined): Call {
  const tls = textAt(call, 'tls') || 'plaintext';
  const protocol = textAt(call, 'protocol');
  const host = textAt(call, 'hostHeader');
  return {
    address: textAt(call, 'address') || '1.3.3.7',
    port: numberAt(call, 'port'),
    path: textAt(call, 'path') || '/',
    host,
    protocol,
    tls,
    alpn: textAt(call, 'alpn') || offeredProtocol(protocol, tls),
    serverName: textAt(call, 'sni') || (tls === 'tls' ? host : ''),
    isInbound: textAt(call, 'callMode') === 'inbound',
  };
}

/** What a client of this kind offers by ALPN: browsers their HTTP version, mesh clients Istio's own names. */
function offeredProtocol(protocol: string, tls: string): string {
  if (tls === 'mtls') return { http: 'istio-http/1.1', http2: 'istio-h2' }[protocol] ?? 'istio';
  if (tls === 'tls') return { http: 'http/1.1', http2: 'h2' }[protocol] ?? '';
  return '';
}

function run(call: Call, rendered: Rendered): Outcome {
  const listener = chooseListener(rendered['listeners'] ?? [], call);
  if (listener === undefined) return { error: 'ErrNoListener' };
  const outcome: Outcome = { listenerMatched: textAt(listener, 'name') };
  const chosen = chooseFilterChain(listener, asSeenBy(listener, call));
  if (chosen.choice === 'none') return { ...outcome, error: 'ErrNoFilterChain' };
  if (chosen.choice === 'several') return { ...outcome, error: 'ErrMultipleFilterChain' };
  const { chain } = chosen;
  outcome.filterChainMatched = textAt(chain, 'name');
  const socket = at(chain, 'transportSocket');
  if (socket !== undefined && call.tls === 'plaintext') return { ...outcome, error: 'ErrTLSError' };
  if (socket !== undefined && requiresMtls(socket) !== (call.tls === 'mtls'))
    return { ...outcome, error: 'ErrMTLSError' };
  const http = filterNamed(chain, 'envoy.filters.network.http_connection_manager');
  if (http === undefined) {
    const tcp = filterNamed(chain, 'envoy.filters.network.tcp_proxy');
    return { ...outcome, clusterMatched: textAt(tcp, 'typedConfig', 'cluster') };
  }
  const isReadable = (call.tls === 'plaintext' || socket !== undefined) && ['http', 'http2'].includes(call.protocol);
  if (!isReadable) return { ...outcome, error: 'ErrProtocolError' };
  return { ...outcome, ...routeCall(at(http, 'typedConfig'), call, rendered['routes'] ?? []) };
}

function chooseListener(listeners: readonly Json[], call: Call): Json | undefined {
  const named = (name: string): Json | undefined => listeners.find((listener) => textAt(listener, 'name') === name);
  if (call.isInbound) return named('virtualInbound');
  const bound = (address: string): Json | undefined =>
    listeners.find((listener) => {
      const socket = at(listener, 'address', 'socketAddress');
      return textAt(socket, 'address') === address && numberAt(socket, 'portValue') === call.port;
    });
  return bound(call.address) ?? bound('0.0.0.0') ?? named('virtualOutbound');
}

function asSeenBy(listener: Json, call: Call): Connection {
  const runs = (name: string): boolean =>
    listAt(listener, 'listenerFilters').some(
      (filter) => textAt(filter, 'name') === name && !isSwitchedOff(at(filter, 'filterDisabled'), call.port),
    );
  const inspectsTls = runs('envoy.filters.listener.tls_inspector');
  const isPlain = call.tls === 'plaintext';
  const sniffed =
    runs('envoy.filters.listener.http_inspector') && isPlain ? { http: 'http/1.1', http2: 'h2c' }[call.protocol] : '';
  const { address, port, serverName } = call;
  const applicationProtocol = sniffed || (inspectsTls ? call.alpn : '');
  return { address, port, serverName, applicationProtocol, isTls: !isPlain, inspectsTls };
}

/** A listener filter's switch: a tree of port ranges joined by and, or, not. */
function isSwitchedOff(predicate: Json | undefined, port: number): boolean {
  if (predicate === undefined) return false;
  const range = at(predicate, 'destinationPortRange');
  if (range !== undefined) return port >= numberAt(range, 'start') && port < numberAt(range, 'end');
  const either = at(predicate, 'orMatch');
  if (either !== undefined) return listAt(either, 'rules').some((rule) => isSwitchedOff(rule, port));
  const both = at(predicate, 'andMatch');
  if (both !== undefined) return listAt(both, 'rules').every((rule) => isSwitchedOff(rule, port));
  const not = at(predicate, 'notMatch');
  return not === undefined ? at(predicate, 'anyMatch') === true : !isSwitchedOff(not, port);
}

function requiresMtls(socket: Json): boolean {
  const context = at(socket, 'typedConfig');
  const [secret] = listAt(context, 'commonTlsContext', 'tlsCertificateSdsSecretConfigs');
  return textAt(secret, 'name') === 'default' && at(context, 'requireClientCertificate') === true;
}

const filterNamed = (chain: Json, name: string): Json | undefined =>
  listAt(chain, 'filters').find((filter) => textAt(filter, 'name') === name);

function routeCall(manager: Json | undefined, call: Call, routes: readonly Json[]): Outcome {
  const inline = at(manager, 'routeConfig');
  const routeName = textAt(manager, 'rds', 'routeConfigName');
  const table = inline ?? routes.find((candidate) => textAt(candidate, 'name') === routeName);
  const outcome: Outcome = inline === undefined ? { routeConfigMatched: routeName } : {};
  const virtualHost = chooseVirtualHost(table, call.host);
  if (virtualHost === undefined) return { ...outcome, error: 'ErrNoVirtualHost' };
  outcome.virtualHostMatched = textAt(virtualHost, 'name');
  if (textAt(virtualHost, 'requireTls') === 'ALL' && call.tls === 'plaintext')
    return { ...outcome, error: 'ErrTLSRedirect' };
  const route = listAt(virtualHost, 'routes').find((candidate) => matchesPath(at(candidate, 'match'), call.path));
  if (route === undefined) return { ...outcome, error: 'ErrNoRoute' };
  return { ...outcome, routeMatched: textAt(route, 'name'), clusterMatched: textAt(route, 'route', 'cluster') };
}

function chooseVirtualHost(table: Json | undefined, hostHeader: string): Json | undefined {
  const host = at(table, 'ignorePortInHostMatching') === true ? hostHeader.replace(/:\d+$/, '') : hostHeader;
  const hosts = listAt(table, 'virtualHosts');
  const domainsOf = (virtualHost: Json): string[] => listAt(virtualHost, 'domains').map(String);
  const exact = hosts.find((virtualHost) => domainsOf(virtualHost).includes(host));
  if (exact !== undefined) return exact;
  const longest = (fits: (domain: string) => boolean): Json | undefined => {
    const candidates = hosts.flatMap((virtualHost) =>
      domainsOf(virtualHost)
        .filter(fits)
        .map((domain) => ({ virtualHost, domain })),
    );
    return candidates.sort((a, b) => b.domain.length - a.domain.length)[0]?.virtualHost;
  };
  const isSuffix = (domain: string): boolean =>
    domain.length > 1 && domain.startsWith('*') && host.length >= domain.length && host.endsWith(domain.slice(1));
  const isPrefix = (domain: string): boolean =>
    domain.length > 1 && domain.endsWith('*') && host.length >= domain.length && host.startsWith(domain.slice(0, -1));
  return longest(isSuffix) ?? longest(isPrefix) ?? hosts.find((virtualHost) => domainsOf(virtualHost).includes('*'));
}

function matchesPath(match: Json | undefined, path: string): boolean {
  const exact = at(match, 'path');
  if (typeof exact === 'string') return path === exact;
  const regex = at(match, 'safeRegex', 'regex');
  if (typeof regex === 'string') return new RegExp(regex).test(path);
  const prefix = at(match, 'prefix') ?? at(match, 'pathSeparatedPrefix');
  return typeof prefix === 'string' ? path.startsWith(prefix) : true;
}
