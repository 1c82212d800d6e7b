import type { ClientTls } from '../model/client-tls.ts';
import type { PolicyBlocks, PortPolicy, Subset, TrafficPolicy } from '../model/traffic-policy.ts';

/**
 * The blocks that count for one port of one host or subset. A block for the port replaces all of its level, absent ones
 * included (DR-19); mesh defaults fill what is left unset (DR-21); a subset overrides block by block (DR-20).
 */
export function resolvePolicy(
  policy: HostBlocks | undefined,
  { subset, port }: { readonly subset: Subset | undefined; readonly port: number },
  meshDefault: PolicyBlocks,
): PolicyBlocks {
  const host = { ...meshDefault, ...(policy && levelFor(policy, port)) };
  if (subset === undefined) return host;
  const own = portBlocks(subset.ports, port);
  if (own === undefined) return { ...host, ...subset.blocks };
  const { retryBudget, proxyProtocol } = host; // have no place in a port's block, so they cannot be replaced by one
  return { ...(retryBudget && { retryBudget }), ...(proxyProtocol && { proxyProtocol }), ...own };
}

type HostBlocks = Pick<TrafficPolicy, 'blocks' | 'ports'>;

const levelFor = ({ blocks, ports }: HostBlocks, port: number): PolicyBlocks => portBlocks(ports, port) ?? blocks;

const portBlocks = (ports: readonly PortPolicy[], port: number): PolicyBlocks | undefined =>
  ports.find((each) => each.port === port)?.blocks;

/**
 * MTLS-9: how endpoints of a port are thought to be spoken to. Here a port's block without TLS does not hide what its level
 * says, nor a subset without any what the host says.
 */
export function endpointTls(
  policy: HostBlocks | undefined,
  { subset, port }: { readonly subset: Pick<Subset, 'blocks' | 'ports'> | undefined; readonly port: number },
): ClientTls | undefined {
  const of = ({ blocks, ports }: HostBlocks): ClientTls | undefined => portBlocks(ports, port)?.tls ?? blocks.tls;
  return (subset && of(subset)) ?? (policy && of(policy));
}
