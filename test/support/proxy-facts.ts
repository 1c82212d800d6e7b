import { readNode } from '../../lib/view/read-node.ts';
import type { Profile, ProxyFacts, ProxyType } from '../../lib/view/proxy-facts.ts';

/** A node as test cases write it: the shape that `render --node` takes, every member but `type` optional. */
export interface TestNode {
  readonly type: ProxyType;
  readonly id?: string;
  readonly namespace?: string;
  readonly ips?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly locality?: string;
  readonly network?: string;
  readonly clusterId?: string;
  readonly dnsDomain?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly profile?: Profile;
  readonly usesAllocatedAddresses?: boolean;
  readonly networkView?: readonly string[];
}

/** Facts about a proxy for tests, from a node in which only what matters is written; in namespace `default` at 10.0.0.1. */
export function proxyFacts({ profile, usesAllocatedAddresses, networkView, ...node }: TestNode): ProxyFacts {
  const read = readNode({ namespace: 'default', ips: ['10.0.0.1'], serviceAccount: 'default', ...node });
  if (!read.ok) throw new Error(read.issues.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return {
    ...read.value,
    ...(profile !== undefined && { profile }),
    ...(usesAllocatedAddresses !== undefined && { usesAllocatedAddresses }),
    ...(networkView !== undefined && { networkView }),
  };
}
