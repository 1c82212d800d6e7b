import type { Recall } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Endpoint, Service } from '../model/service.ts';
import type { Resource } from '../resources/resource.ts';

/** What one document says about one host: the service, its endpoints, and the accounts under which they run. */
export interface ReadService extends ServedPlaces {
  readonly service: Service;
  /** What its status says that it was given; absent where the document wants no address to be given out (SE-16). */
  readonly givenAddresses?: readonly string[];
}

/** Where a host is served, and under which accounts. */
export interface ServedPlaces {
  readonly endpoints: readonly Endpoint[];
  readonly accounts: readonly string[];
}

export const NOWHERE_SERVED: ServedPlaces = { endpoints: [], accounts: [] };

/** What every document about a service is read with. */
export interface ReadContext {
  readonly mesh: MeshSettings;
  readonly recall: Recall;
  /** The namespace of all of them, if it is written down. */
  readonly namespace: Resource<'Namespace'> | undefined;
}
