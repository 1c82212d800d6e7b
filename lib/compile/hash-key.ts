import type { HashKeyIr } from '../ir/route-configuration.ts';
import { policyLevels } from '../model/policy-levels.ts';
import type { PolicyBlocks, PortPolicy, TrafficPolicy } from '../model/traffic-policy.ts';

/** Which port and subset of a service a hash key is looked up for. */
export interface HashedDestination {
  /** 0 when the route names none; a port's own policy then has no say. */
  readonly port: number;
  readonly subset: string;
}

type HashPolicy = Pick<TrafficPolicy, 'blocks' | 'ports' | 'subsets'>;

/** Whether any level of a policy hashes, so that routes have to know it. */
export function hasHashKey(policy: HashPolicy | undefined): boolean {
  return policy !== undefined && policyLevels(policy).some((blocks) => keyOf(blocks) !== undefined);
}

/** RT-30: what consistent hashing looks at; the subset's port before the subset, before the port, before the service. */
export function hashKeyOf(policy: HashPolicy | undefined, { port, subset }: HashedDestination): HashKeyIr | undefined {
  if (policy === undefined) return undefined;
  const chosen = policy.subsets.find(({ name }) => name === subset);
  return (
    keyOfPort(chosen?.ports, port) ?? keyOf(chosen?.blocks) ?? keyOfPort(policy.ports, port) ?? keyOf(policy.blocks)
  );
}

const keyOfPort = (ports: readonly PortPolicy[] | undefined, port: number): HashKeyIr | undefined =>
  keyOf(ports?.find((each) => each.port === port)?.blocks);

function keyOf(blocks: PolicyBlocks | undefined): HashKeyIr | undefined {
  const algorithm = blocks?.lb?.algorithm;
  return algorithm?.type === 'ring-hash' || algorithm?.type === 'maglev' ? algorithm.key : undefined;
}
