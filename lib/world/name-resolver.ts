import { isIpAddress } from '../base/ip-address.ts';
import { resolveShortName, type HostName } from '../base/host-name.ts';
import { MESH_GATEWAY } from '../model/route-table.ts';

/** Turns the names that one document writes into full ones (VS-1). */
export interface NameResolver {
  readonly host: (written: string | undefined) => HostName;
  /** `mesh` or `namespace/name` (HN-8). */
  readonly gateway: (written: string) => string;
}

export function nameResolver(namespace: string, shortNameSuffix: string): NameResolver {
  return {
    host: (written = '') => (isIpAddress(written) ? written : resolveShortName(written, namespace, shortNameSuffix)),
    gateway: (written) => resolveGatewayName(written, namespace),
  };
}

/** HN-8: `ns/name` as it is, `./name` and `name` in the writer's namespace, the old dotted form by its second part. */
function resolveGatewayName(written: string, namespace: string): string {
  if (written === MESH_GATEWAY) return written;
  const slash = written.indexOf('/');
  if (slash >= 0) return written.slice(0, slash) === '.' ? `${namespace}${written.slice(slash)}` : written;
  const [name = '', ofNamespace] = written.split('.');
  return `${ofNamespace ?? namespace}/${name}`;
}
