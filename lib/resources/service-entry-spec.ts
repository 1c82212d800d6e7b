import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { exportTo, textMap, texts, uint32 } from './field-shapes.ts';
import { workloadEntrySpec } from './workload-entry-spec.ts';

const servicePort = z.strictObject({
  number: uint32.exactOptional().describe('Number of the port of the service.'),
  protocol: z
    .string()
    .max(256)
    .exactOptional()
    .describe('What is spoken there: HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.'),
  name: z.string().max(256).exactOptional().describe('A name for the port, unique within the service.'),
  targetPort: uint32
    .exactOptional()
    .describe('The port on which the instances listen; the same number unless it is said.'),
});

export const serviceEntrySpec = z
  .strictObject({
    hosts: z
      .array(z.string())
      .max(256)
      .exactOptional()
      .describe('The names of the service; each is a service of its own.'),
    addresses: z
      .array(z.string())
      .max(256)
      .exactOptional()
      .describe('Virtual addresses (or CIDR networks) under which the service is called.'),
    ports: z.array(servicePort).max(256).exactOptional().describe('The ports of the service.'),
    location: z
      .enum(['MESH_EXTERNAL', 'MESH_INTERNAL'])
      .exactOptional()
      .describe('Whether the instances belong to the mesh, and so speak mutual TLS, or are outside of it.'),
    resolution: z
      .enum(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'])
      .exactOptional()
      .describe(
        'How proxies find the instances: from the list (STATIC), by DNS, or as the caller addressed them (NONE).',
      ),
    endpoints: z.array(workloadEntrySpec).max(4096).exactOptional().describe('The instances, where none are selected.'),
    /** Unlike the policies' selectors this one calls its member `labels`. */
    workloadSelector: z
      .strictObject({
        labels: textMap.exactOptional().describe('Labels that an instance must have, all of them.'),
      })
      .exactOptional()
      .describe('Selects WorkloadEntries of this namespace as the instances.'),
    exportTo: exportTo.exactOptional().describe('Namespaces that see this: names, . for its own, * for all.'),
    subjectAltNames: texts.exactOptional().describe("Names, one of which the service's certificate must carry."),
  })
  .describe('A service, inside the mesh or outside, by its host names.');

export type ServiceEntrySpec = Immutable<z.infer<typeof serviceEntrySpec>>;
export type ServiceEntryPort = Immutable<z.infer<typeof servicePort>>;
