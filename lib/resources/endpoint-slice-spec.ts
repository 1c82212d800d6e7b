import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { int32, textMap, texts } from './field-shapes.ts';

const endpoint = z.strictObject({
  addresses: texts.exactOptional().describe('Addresses of the instance.'),
  conditions: z
    .strictObject({
      ready: z.boolean().exactOptional().describe('Whether it is ready for traffic.'),
      serving: z.boolean().exactOptional().describe('Whether it answers, be it while it ends.'),
      terminating: z.boolean().exactOptional().describe('Whether it is about to end.'),
    })
    .exactOptional()
    .describe('Whether the instance takes traffic; a condition that is absent holds, except terminating.'),
  hostname: z.string().exactOptional().describe('Its name within the service.'),
  targetRef: z
    .looseObject({
      kind: z.string().exactOptional().describe('Kind of that object.'),
      name: z.string().exactOptional().describe('Name of that object.'),
      namespace: z.string().exactOptional().describe('Namespace of that object.'),
    })
    .exactOptional()
    .describe('The object that runs the instance.'),
  nodeName: z.string().exactOptional().describe('The machine that it runs on.'),
  zone: z.string().exactOptional().describe('The zone that it runs in.'),
  hints: z.looseObject({}).exactOptional().describe("Kubernetes' own hints, without meaning here."),
  deprecatedTopology: textMap.exactOptional().describe('Deprecated, use nodeName and zone.'),
});

const endpointPort = z.strictObject({
  name: z.string().exactOptional().describe("Name of the port, which is the one of the service's port."),
  port: int32.exactOptional().describe('Number of the port on which the instances listen.'),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).exactOptional().describe('Transport protocol of the port.'),
  appProtocol: z.string().exactOptional().describe('Protocol of the application.'),
});

export const endpointSliceBody = z
  .strictObject({
    addressType: z.enum(['IPv4', 'IPv6', 'FQDN']).exactOptional().describe('What the addresses are.'),
    endpoints: z.array(endpoint).exactOptional().describe('The instances.'),
    ports: z.array(endpointPort).exactOptional().describe('The ports that all of these instances have.'),
  })
  .describe('Some of the instances of a Service, which its label kubernetes.io/service-name names.');

export type EndpointSliceBody = Immutable<z.infer<typeof endpointSliceBody>>;
export type SliceEndpoint = Immutable<z.infer<typeof endpoint>>;
