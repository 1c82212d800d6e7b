import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { int32, textMap, texts } from './field-shapes.ts';

const endpoint = z.strictObject({
  addresses: texts.exactOptional(),
  /** An absent condition is true, except `terminating`. */
  conditions: z
    .strictObject({
      ready: z.boolean().exactOptional(),
      serving: z.boolean().exactOptional(),
      terminating: z.boolean().exactOptional(),
    })
    .exactOptional(),
  hostname: z.string().exactOptional(),
  targetRef: z
    .looseObject({
      kind: z.string().exactOptional(),
      name: z.string().exactOptional(),
      namespace: z.string().exactOptional(),
    })
    .exactOptional(),
  nodeName: z.string().exactOptional(),
  zone: z.string().exactOptional(),
  hints: z.looseObject({}).exactOptional(),
  deprecatedTopology: textMap.exactOptional(),
});

const endpointPort = z.strictObject({
  name: z.string().exactOptional(),
  port: int32.exactOptional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).exactOptional(),
  appProtocol: z.string().exactOptional(),
});

export const endpointSliceBody = z.strictObject({
  addressType: z.enum(['IPv4', 'IPv6', 'FQDN']).exactOptional(),
  endpoints: z.array(endpoint).exactOptional(),
  ports: z.array(endpointPort).exactOptional(),
});

export type EndpointSliceBody = Immutable<z.infer<typeof endpointSliceBody>>;
export type SliceEndpoint = Immutable<z.infer<typeof endpoint>>;
