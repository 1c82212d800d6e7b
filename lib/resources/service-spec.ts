import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { int32, textMap, texts } from './field-shapes.ts';

const servicePort = z.strictObject({
  name: z.string().exactOptional().describe('A name for the port; its start may say the protocol, as in http-web.'),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).exactOptional().describe('Transport protocol of the port.'),
  appProtocol: z
    .string()
    .exactOptional()
    .describe("Protocol of the application, before the one which the port's name says."),
  port: int32.exactOptional().describe('Number of the port of the service.'),
  targetPort: z
    .union([int32, z.string()])
    .exactOptional()
    .describe('Number, or name, of the port on which the instances listen.'),
  nodePort: int32.exactOptional().describe('Without meaning outside of a cluster.'),
});

/** Fields after `externalName` concern cluster networking alone; exported objects carry them, and they mean nothing to a proxy. */
export const serviceSpec = z
  .strictObject({
    type: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'])
      .exactOptional()
      .describe('What sort of service it is; proxies tell only ExternalName from the others.'),
    ports: z.array(servicePort).exactOptional().describe('The ports of the service.'),
    selector: textMap.exactOptional().describe('Labels that an instance must have, all of them.'),
    clusterIP: z.string().exactOptional().describe('Virtual address of the service; None makes it headless.'),
    clusterIPs: texts.exactOptional().describe('Virtual addresses of the service, one per family of addresses.'),
    publishNotReadyAddresses: z
      .boolean()
      .exactOptional()
      .describe('Whether instances that are not ready get traffic as well.'),
    trafficDistribution: z
      .string()
      .exactOptional()
      .describe('Which instances are preferred, such as those close to the caller (PreferClose).'),
    internalTrafficPolicy: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    externalIPs: texts.exactOptional().describe('Without meaning outside of a cluster.'),
    externalName: z.string().exactOptional().describe('The DNS name that an ExternalName service stands for.'),
    sessionAffinity: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    sessionAffinityConfig: z.looseObject({}).exactOptional().describe('Without meaning outside of a cluster.'),
    loadBalancerIP: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    loadBalancerSourceRanges: texts.exactOptional().describe('Without meaning outside of a cluster.'),
    loadBalancerClass: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    externalTrafficPolicy: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    healthCheckNodePort: int32.exactOptional().describe('Without meaning outside of a cluster.'),
    ipFamilies: texts.exactOptional().describe('Without meaning outside of a cluster.'),
    ipFamilyPolicy: z.string().exactOptional().describe('Without meaning outside of a cluster.'),
    allocateLoadBalancerNodePorts: z.boolean().exactOptional().describe('Without meaning outside of a cluster.'),
  })
  .describe(
    'A service in the words of Kubernetes; its instances are WorkloadEntries that it selects and EndpointSlices of its name.',
  );

export type ServiceSpec = Immutable<z.infer<typeof serviceSpec>>;
export type ServicePort = Immutable<z.infer<typeof servicePort>>;
