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
  const { retryBudget } = host; // has no place in a port's block, so it cannot be replaced by one
  return { ...(retryBudget && { retryBudget }), ...own };
}

type HostBlocks = Pick<TrafficPolicy, 'blocks' | 'ports'>;

const levelFor = ({ blocks, ports }: HostBlocks, port: number): PolicyBlocks => portBlocks(ports, port) ?? blocks;

const portBlocks = (ports: readonly PortPolicy[], port: number): PolicyBlocks | undefined =>
  ports.find((each) => each.port === port)?.blocks;
