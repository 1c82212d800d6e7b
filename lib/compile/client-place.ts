import { NOWHERE } from '../base/locality.ts';
import type { StageMemory } from '../base/stage-memory.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import { policyLevels } from '../model/policy-levels.ts';
import { DISTRIBUTION_LABELS } from '../model/service.ts';
import type { LocalityLb, PolicyBlocks, ZoneAwareLb } from '../model/traffic-policy.ts';
import type { VisibleService } from '../view/proxy-view.ts';
import type { ClientPlace } from './locality-balancing.ts';

/** A client of which nobody asks where it is. */
export const ANYWHERE: ClientPlace = { locality: NOWHERE, selectedLabels: {}, hasLabels: false };

type PlaceReader = Pick<VisibleService, 'service' | 'policy'>;

/**
 * Answers for each service as much of where a client is as its load balancing looks at, so that clients which differ in
 * nothing else share what is made of it. Equal answers are one object.
 */
export function clientPlaces(
  client: ClientPlace,
  mesh: MeshSettings,
  memory: StageMemory,
): (reader: PlaceReader) => ClientPlace {
  const byLabels = new Map<string, ClientPlace>();
  const ofMesh = readerOf([mesh.defaultPolicy], [mesh.localityLb, mesh.zoneAwareLb]);
  return ({ service, policy }) => {
    const ofPolicy =
      policy === undefined
        ? READS_NOTHING
        : memory.derived('what a policy reads of places', policy, (levels) => readerOf(policyLevels(levels), []));
    const wished = service.trafficDistribution === undefined ? [] : DISTRIBUTION_LABELS[service.trafficDistribution];
    // LB-2: without outlier detection nobody fails over; a service that asks clients to stay near needs none (LB-12).
    const failsOver = ofMesh.failsOver || ofPolicy.failsOver || wished.length > 0;
    if (!failsOver && !ofMesh.countsAlone && !ofPolicy.countsAlone) return ANYWHERE;
    const key = [...wished, ...ofMesh.labels, ...ofPolicy.labels].join();
    const known = byLabels.get(key);
    if (known !== undefined) return known;
    const place = memory.same(placeWith([...wished, ...ofMesh.labels, ...ofPolicy.labels], client));
    byLabels.set(key, place);
    return place;
  };
}

type PlaceSetting = LocalityLb | ZoneAwareLb;

/** What some settings look at in a client's place. */
interface PlaceReading {
  readonly failsOver: boolean;
  readonly countsAlone: boolean;
  readonly labels: readonly string[];
}

const READS_NOTHING: PlaceReading = { failsOver: false, countsAlone: false, labels: [] };

function readerOf(levels: readonly PolicyBlocks[], others: readonly (PlaceSetting | undefined)[]): PlaceReading {
  const settings = [...levels.flatMap(({ lb }) => [lb?.locality, lb?.zoneAware]), ...others].filter(
    (setting) => setting !== undefined && setting !== 'off',
  );
  return {
    failsOver: levels.some(({ outlier }) => outlier !== undefined),
    countsAlone: settings.some(countsAlone),
    labels: settings.flatMap(comparedLabels),
  };
}

/** LB-9, LB-11: weights per locality and zones count without outlier detection. */
const countsAlone = (setting: PlaceSetting): boolean => !('distribute' in setting) || setting.distribute.length > 0;

/** LB-6: an entry with a literal looks at no label of the client's, only at whether it has any (LB-8). */
const comparedLabels = ({ failoverPriority }: PlaceSetting): readonly string[] =>
  failoverPriority
    .map((priority) => priority.split('='))
    .flatMap(([key = '', ...rest]) => (rest.length === 1 ? [] : [key]));

function placeWith(labels: readonly string[], { locality, selectedLabels, hasLabels }: ClientPlace): ClientPlace {
  if (labels.length === 0) return { ...ANYWHERE, locality, hasLabels };
  const compared = [...new Set(labels)].filter((key) => Object.hasOwn(selectedLabels, key));
  return {
    locality,
    selectedLabels: Object.fromEntries(compared.map((key) => [key, selectedLabels[key] ?? ''])),
    hasLabels,
  };
}
