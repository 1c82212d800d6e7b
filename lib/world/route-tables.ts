import type { Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Resource } from '../resources/resource.ts';

export function readRouteTables(_resources: readonly Resource[], _mesh: MeshSettings): Noted<readonly RouteTable[]> {
  return { value: [], issues: [] };
}
