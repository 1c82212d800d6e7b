import { isIpAddress } from '../base/ip-address.ts';
import { isUnixSocket } from '../base/unix-socket.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { isDnsLabel, partialWildcardProblem, wildcardHostProblem } from './name-problems.ts';
import { checkBindAddress, checkListenerPort, checkUnixPath } from './sidecar-listener-checks.ts';
import type { EgressListenerSpec, SidecarPortSpec } from './sidecar-spec.ts';

/** SC-30: at most one listener without a port, which is the last; each port, and each unix socket, once. */
export function checkEgressListeners(
  log: FindingLog,
  listeners: readonly EgressListenerSpec[],
  namespace: string,
): void {
  const taken = { ports: new Set<number>(), sockets: new Set<string>() };
  let hasCatchAll = false;
  for (const [index, listener] of listeners.entries()) {
    const here = log.at(`[${index}]`);
    if (listener.port !== undefined) {
      checkSocket(here, { port: listener.port, listener }, taken);
    } else if (hasCatchAll) {
      here.error('CONFLICT', 'sidecar: egress can have only one listener with empty port');
      continue;
    } else {
      hasCatchAll = index === listeners.length - 1;
      if (!hasCatchAll) {
        const message = 'sidecar: the egress listener with empty port should be the last listener in the list';
        here.error('CONFLICT', message);
      }
    }
    checkHosts(here.at('hosts'), listener.hosts ?? [], namespace);
  }
}

interface Taken {
  readonly ports: Set<number>;
  readonly sockets: Set<string>;
}

function checkSocket(
  log: FindingLog,
  { port, listener }: { readonly port: SidecarPortSpec; readonly listener: EgressListenerSpec },
  { ports, sockets }: Taken,
): void {
  const { bind = '', captureMode = 'DEFAULT' } = listener;
  const { number = 0 } = port;
  checkListenerPort(log, port, number !== 0);
  if (number !== 0) {
    checkBindAddress(log, bind);
    if (ports.has(number)) {
      log.at('port.number').error('DUPLICATE', 'sidecar: ports on IP bound listeners must be unique');
    }
    ports.add(number);
    return;
  }
  if (isUnixSocket(bind)) checkUnixPath(log.at('bind'), bind);
  else {
    const message = 'sidecar: ports with 0 value must have a unix domain socket bind address, as unix:///path';
    log.at('bind').error('CONFLICT', message);
  }
  if (captureMode === 'IPTABLES') {
    const message = 'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners';
    log.at('captureMode').error('CONFLICT', message);
  }
  if (sockets.has(bind)) {
    log.at('bind').error('DUPLICATE', 'sidecar: unix domain socket values for listeners must be unique');
  }
  sockets.add(bind);
}

/** SC-30, SC-32 */
function checkHosts(log: FindingLog, hosts: readonly string[], namespace: string): void {
  if (hosts.length === 0) {
    log.error('REQUIRED', 'sidecar: egress listener must contain at least one host; "./*" is the own namespace');
    return;
  }
  const named = new Map<string, Set<string>>();
  for (const [index, entry] of hosts.entries()) {
    const here = log.at(`[${index}]`);
    const slash = entry.indexOf('/');
    if (slash < 0) {
      here.error('INVALID_VALUE', 'host must be of form namespace/dnsName');
      continue;
    }
    checkHost(here, { scope: entry.slice(0, slash), host: entry.slice(slash + 1) });
    if (!entry.startsWith('~')) checkRepeated(here, entry, { named, namespace });
  }
  if (named.get('*')?.has('*') === true && named.size > 1) {
    log.warning('INEFFECTIVE', '`*/*` host select all resources, no other hosts can be added');
  }
}

/** The namespace may be `*`, `.` or a name, with a `~` in front for hosts that are taken out; `~` alone is every namespace. */
function checkHost(log: FindingLog, { scope, host }: { readonly scope: string; readonly host: string }): void {
  if (scope === '' || host === '') {
    log.error('INVALID_VALUE', 'config namespace and dnsName in host entry cannot be empty; write namespace/host');
  }
  const namespace = scope.startsWith('~') ? scope.slice(1) : scope;
  if (!['', '*', '.'].includes(namespace) && !isDnsLabel(namespace)) {
    log.error('INVALID_VALUE', `invalid namespace value ${quoted(scope)} in sidecar; write a namespace, "*" or "."`);
  }
  if (host !== '*' && !host.includes('.')) {
    log.error('INVALID_VALUE', 'short names (non FQDN) are not allowed; write the full name');
  }
  const problem = isIpAddress(host) ? undefined : wildcardHostProblem(host);
  for (const each of [problem, partialWildcardProblem(host)]) {
    if (each !== undefined) log.error('INVALID_VALUE', each);
  }
}

interface NamedHosts {
  readonly named: Map<string, Set<string>>;
  readonly namespace: string;
}

function checkRepeated(log: FindingLog, entry: string, { named, namespace }: NamedHosts): void {
  const [scope = '', ...rest] = entry.split('/');
  const host = rest.join('/');
  const hosts = named.get(scope === '.' ? namespace : scope) ?? new Set<string>();
  const isRepeated = host === '*' ? hosts.size > 0 : hosts.has(host) || hosts.has('*');
  if (isRepeated) log.warning('INEFFECTIVE', `duplicated egress host: ${entry}`);
  named.set(scope === '.' ? namespace : scope, hosts.add(host));
}
