import { NOWHERE } from '../base/locality.ts';
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
export function clientPlaces(client: ClientPlace, mesh: MeshSettings): (reader: PlaceReader) => ClientPlace {
  const byLabels = new Map<string, ClientPlace>();
  const meshLevel = levelReader(mesh.defaultPolicy, mesh);
  return ({ service, policy }) => {
    const levels = policy === undefined ? [] : policyLevels(policy);
    const wished = service.trafficDistribution === undefined ? [] : DISTRIBUTION_LABELS[service.trafficDistribution];
    const settings = [...meshLevel.settings, ...levels.flatMap(settingsOf)];
    // LB-2: without outlier detection nobody fails over; a service that asks clients to stay near needs none (LB-12).
    const failsOver = meshLevel.failsOver || wished.length > 0 || levels.some(({ outlier }) => outlier !== undefined);
    if (!failsOver && !settings.some(countsAlone)) return ANYWHERE;
    const labels = [...wished, ...settings.flatMap(comparedLabels)];
    const key = labels.join();
    const place = byLabels.get(key) ?? placeWith(labels, client);
    byLabels.set(key, place);
    return place;
  };
}

type PlaceSetting = LocalityLb | ZoneAwareLb;

interface LevelReader {
  readonly settings: readonly PlaceSetting[];
  readonly failsOver: boolean;
}

function levelReader(blocks: PolicyBlocks, { localityLb, zoneAwareLb }: MeshSettings): LevelReader {
  const ofMesh = [localityLb, zoneAwareLb].filter((setting) => setting !== undefined);
  return { settings: [...settingsOf(blocks), ...ofMesh], failsOver: blocks.outlier !== undefined };
}

function settingsOf({ lb }: PolicyBlocks): readonly PlaceSetting[] {
  const { locality, zoneAware } = lb ?? {};
  return [locality, zoneAware].filter((setting) => setting !== undefined && setting !== 'off');
}

/** LB-9, LB-11: weights per locality and zones count without outlier detection. */
const countsAlone = (setting: PlaceSetting): boolean => !('distribute' in setting) || setting.distribute.length > 0;

/** LB-6: an entry with a literal does not look at the client. */
const comparedLabels = ({ failoverPriority }: PlaceSetting): readonly string[] =>
  failoverPriority
    .map((priority) => priority.split('='))
    .flatMap(([key = '', ...rest]) => (rest.length === 1 ? [] : [key]));

function placeWith(labels: readonly string[], { locality, selectedLabels, hasLabels }: ClientPlace): ClientPlace {
  if (labels.length === 0) return { ...ANYWHERE, locality };
  const compared = [...new Set(labels)].filter((key) => Object.hasOwn(selectedLabels, key));
  return {
    locality,
    selectedLabels: Object.fromEntries(compared.map((key) => [key, selectedLabels[key] ?? ''])),
    hasLabels,
  };
}
