import type { HostChoice, SlowStart } from '../ir/cluster.ts';
import { encodeDuration } from './duration.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** The members of a Cluster that say how a host is chosen; round robin is Envoy's default and not written. */
export function encodeHostChoice(choice: HostChoice): ProtoJson {
  switch (choice.by) {
    case 'least-request':
      return withoutAbsent({ lbPolicy: 'LEAST_REQUEST', leastRequestLbConfig: slowStart(choice.slowStart) });
    case 'round-robin':
      return withoutAbsent({ roundRobinLbConfig: slowStart(choice.slowStart) });
    case 'random':
      return { lbPolicy: 'RANDOM' };
    case 'ring-hash': {
      const { minimumRingSize: size } = choice;
      return withoutAbsent({ lbPolicy: 'RING_HASH', ringHashLbConfig: size && { minimumRingSize: String(size) } });
    }
    case 'maglev': {
      const { tableSize: size } = choice;
      return withoutAbsent({ lbPolicy: 'MAGLEV', maglevLbConfig: size && { tableSize: String(size) } });
    }
    case 'discovery':
      return { lbPolicy: 'CLUSTER_PROVIDED' };
  }
}

function slowStart(start: SlowStart | undefined): ProtoJson | undefined {
  if (start === undefined) return undefined;
  const { window, shape } = start;
  return {
    slowStartConfig: {
      slowStartWindow: encodeDuration(window),
      ...(shape && {
        aggression: { ...withoutDefaults({ defaultValue: shape.aggression }), runtimeKey: RUNTIME_KEY },
        minWeightPercent: withoutDefaults({ value: shape.minimumPercent }),
      }),
    },
  };
}

/** Envoy demands a runtime key here; nobody is to set it. */
const RUNTIME_KEY = '(';
