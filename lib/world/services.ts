import type { Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Endpoint, Service, ServiceKey } from '../model/service.ts';
import type { Resource } from '../resources/resource.ts';

export interface ServicesAndEndpoints {
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
}

export function readServices(_resources: readonly Resource[], _mesh: MeshSettings): Noted<ServicesAndEndpoints> {
  return { value: { services: [], endpoints: new Map() }, issues: [] };
}
