import type { PolicyBlocks, TrafficPolicy } from './traffic-policy.ts';

/** The blocks of every level of a policy: host, ports, subsets, ports of subsets. For questions about any of them. */
export function policyLevels({
  blocks,
  ports,
  subsets,
}: Pick<TrafficPolicy, 'blocks' | 'ports' | 'subsets'>): readonly PolicyBlocks[] {
  const below = subsets.flatMap((subset) => [subset.blocks, ...subset.ports.map((port) => port.blocks)]);
  return [blocks, ...ports.map((port) => port.blocks), ...below];
}
