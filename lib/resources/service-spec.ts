import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { int32, textMap, texts } from './field-shapes.ts';

const servicePort = z.strictObject({
  name: z.string().exactOptional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).exactOptional(),
  /** Protocol of the application, before the one which the port's name says. */
  appProtocol: z.string().exactOptional(),
  port: int32.exactOptional(),
  /** Number, or the name of a port of the instance. */
  targetPort: z.union([int32, z.string()]).exactOptional(),
  nodePort: int32.exactOptional(),
});

/** Fields after `externalName` concern cluster networking alone; exported objects carry them, and they mean nothing to a proxy. */
export const serviceSpec = z.strictObject({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).exactOptional(),
  ports: z.array(servicePort).exactOptional(),
  selector: textMap.exactOptional(),
  /** `None` makes the service headless. */
  clusterIP: z.string().exactOptional(),
  clusterIPs: texts.exactOptional(),
  publishNotReadyAddresses: z.boolean().exactOptional(),
  trafficDistribution: z.string().exactOptional(),
  internalTrafficPolicy: z.string().exactOptional(),
  externalIPs: texts.exactOptional(),
  externalName: z.string().exactOptional(),
  sessionAffinity: z.string().exactOptional(),
  sessionAffinityConfig: z.looseObject({}).exactOptional(),
  loadBalancerIP: z.string().exactOptional(),
  loadBalancerSourceRanges: texts.exactOptional(),
  loadBalancerClass: z.string().exactOptional(),
  externalTrafficPolicy: z.string().exactOptional(),
  healthCheckNodePort: int32.exactOptional(),
  ipFamilies: texts.exactOptional(),
  ipFamilyPolicy: z.string().exactOptional(),
  allocateLoadBalancerNodePorts: z.boolean().exactOptional(),
});

export type ServiceSpec = Immutable<z.infer<typeof serviceSpec>>;
export type ServicePort = Immutable<z.infer<typeof servicePort>>;
