import { quoted } from '../base/quoted.ts';
import { meshGateway } from './gateway-name-checks.ts';
import { hostLengthProblem, wildcardHostProblem } from './name-problems.ts';
import type { VirtualServiceSpec } from './virtual-service-spec.ts';

/**
 * What is wrong with a host that a VirtualService routes, or a name in its TLS matches; undefined when nothing is.
 * Only on gateways may it be a generated cross-cluster name, `outbound_.<port>_._.<host>` (HN-10), and only where names are SNI.
 */
export function routedHostProblem(host: string, spec: VirtualServiceSpec, isSni: boolean): string | undefined {
  const isForGatewaysOnly = !(spec.gateways ?? []).includes(meshGateway);
  if (isSni && isForGatewaysOnly && host.startsWith('outbound_')) return generatedNameProblem(host);
  return wildcardHostProblem(host);
}

function generatedNameProblem(host: string): string | undefined {
  const tooLong = hostLengthProblem(host);
  if (tooLong !== undefined) return tooLong;
  const [, port = '', , name] = host.split('_');
  if (name !== undefined && /\d/.test(port) && /[a-zA-Z]/.test(name)) return undefined;
  return `domain name ${quoted(host)} invalid, should follow outbound_.<PORT>_._.<HOSTNAME> format`;
}
