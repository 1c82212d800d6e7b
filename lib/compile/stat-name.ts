import type { Service, ServicePort } from '../model/service.ts';

/** What a stat name can be made of. */
export interface StatNameParts {
  readonly service: Pick<Service, 'hostname' | 'name' | 'namespace' | 'registry'>;
  readonly port: ServicePort;
  readonly subset: string;
  /** 0 where the cluster is not one of the proxy's own ports. */
  readonly targetPort: number;
}

/**
 * CL-12: the name under which a cluster is counted, by the mesh's pattern or its own name. The semicolon ends the name, so
 * that a reader of statistics can tell its dots from those that separate words.
 */
export const statName = (clusterName: string, pattern: string | undefined, parts: StatNameParts): string =>
  `${statPrefix(clusterName, pattern, parts)};`;

/** The same name before the statistics of a TCP proxy, which nobody has to tell from its words. */
export const statPrefix = (clusterName: string, pattern: string | undefined, parts: StatNameParts): string =>
  pattern === undefined ? clusterName : filled(pattern, parts);

function filled(pattern: string, { service, port, subset, targetPort }: StatNameParts): string {
  const isKubernetes = service.registry === 'kubernetes';
  const values: Readonly<Record<string, string | number>> = {
    SERVICE: isKubernetes ? `${service.name}.${service.namespace}` : service.hostname,
    SERVICE_NAME: isKubernetes ? service.name : service.hostname,
    SERVICE_FQDN: service.hostname,
    SERVICE_PORT: port.number,
    SERVICE_PORT_NAME: port.name,
    TARGET_PORT: targetPort,
    SUBSET_NAME: subset,
  };
  return pattern.replaceAll(/%([A-Z_]+)%/g, (written, name: string) => String(values[name] ?? written));
}
