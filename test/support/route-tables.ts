import { stringify } from 'yaml';
import type { HttpRoute, VirtualServiceSpec } from '../../lib/resources/virtual-service-spec.ts';
import type { RouteTable } from '../../lib/model/route-table.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { meshDefaults } from '../../lib/world/mesh-settings.ts';
import { readRouteTables } from '../../lib/world/route-tables.ts';

/** A VirtualService `default/<name>`; what admission would refuse may stand in it. */
export function virtualService(
  name: string,
  spec: VirtualServiceSpec,
  metadata: Partial<Resource['metadata']> = {},
): Resource<'VirtualService'> {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default', ...metadata },
    spec,
  };
}

/** The route table of one VirtualService `default/table` for host `app` with these rules. */
export function tableOf(http: readonly HttpRoute[], spec: VirtualServiceSpec = {}): RouteTable {
  const [table] = readRouteTables([virtualService('table', { hosts: ['app'], ...spec, http })], meshDefaults()).value;
  if (table === undefined) throw new Error(`no table: ${stringify(spec)}`);
  return table;
}
