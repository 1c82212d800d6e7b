import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { textMap, texts, uint32 } from './field-shapes.ts';
import { serverTls } from './gateway-spec.ts';
import { connectionPool } from './traffic-policy-spec.ts';
import { destination } from './virtual-service-spec.ts';

/** Shape of a Sidecar. Source: Istio's reference page "Sidecar". */
const listenerPort = z.strictObject({
  number: uint32.exactOptional().describe('Number of the port; 0, or none, for a unix socket.'),
  protocol: z
    .string()
    .exactOptional()
    .describe('What is spoken there: HTTP, HTTPS, GRPC, HTTP2, HTTP_PROXY, MONGO, TCP or TLS.'),
  name: z.string().exactOptional().describe('A name for the port.'),
  targetPort: uint32.exactOptional().describe('Without effect.'),
});

const captureMode = z
  .enum(['DEFAULT', 'IPTABLES', 'NONE'])
  .exactOptional()
  .describe('How connections get there: redirected (IPTABLES), made to the port itself (NONE), or as the proxy says.');

const ingressListener = z.strictObject({
  port: listenerPort.exactOptional().describe('The port that the proxy listens on.'),
  bind: z.string().exactOptional().describe("The IP address to listen on; the workload's own unless it is said."),
  captureMode,
  defaultEndpoint: z
    .string()
    .exactOptional()
    .describe(
      'Where the application listens: 127.0.0.1:port, [::1]:port, 0.0.0.0:port or [::]:port for the address of the workload, or unix:///path.',
    ),
  tls: serverTls.exactOptional().describe('How TLS is ended at the port.'),
  connectionPool: connectionPool.exactOptional().describe('Limits of connections to the application at this port.'),
});

const egressListener = z.strictObject({
  port: listenerPort
    .exactOptional()
    .describe('The port that this is about; every port of the imported services when nothing is said.'),
  bind: z.string().exactOptional().describe('The IP address, or unix:///path, to listen on.'),
  captureMode,
  hosts: texts
    .exactOptional()
    .describe(
      'Which services may be called, as namespace/host: * stands for all namespaces, . for its own; a ~ in front takes hosts out again.',
    ),
});

const outboundTrafficPolicy = z.strictObject({
  mode: z
    .enum(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS'])
    .exactOptional()
    .describe('Whether it is let through (ALLOW_ANY) or refused (REGISTRY_ONLY).'),
  egressProxy: destination
    .exactOptional()
    .describe('The service through which it goes, host and port; with ALLOW_ANY only.'),
});

export const sidecarSpec = z
  .strictObject({
    workloadSelector: z
      .strictObject({ labels: textMap.exactOptional().describe('Labels that a workload must have, all of them.') })
      .exactOptional()
      .describe('The workloads of the namespace that this is for; all of them when nothing is said.'),
    ingress: z
      .array(ingressListener)
      .exactOptional()
      .describe('Where the proxy takes connections for its workload, in place of the ports of its services.'),
    egress: z
      .array(egressListener)
      .exactOptional()
      .describe('Which services the workload may call, and where the proxy takes connections to them.'),
    outboundTrafficPolicy: outboundTrafficPolicy
      .exactOptional()
      .describe("What becomes of traffic to hosts that are not imported; the mesh's setting when nothing is said."),
    inboundConnectionPool: connectionPool
      .exactOptional()
      .describe('Limits of connections to the application, at every port that does not say its own.'),
  })
  .describe('What the proxies of a namespace, or some of them, may call and where they listen.');

export type SidecarSpec = Immutable<z.infer<typeof sidecarSpec>>;
export type IngressListenerSpec = Immutable<z.infer<typeof ingressListener>>;
export type EgressListenerSpec = Immutable<z.infer<typeof egressListener>>;
export type SidecarPortSpec = Immutable<z.infer<typeof listenerPort>>;
export type OutboundTrafficPolicySpec = Immutable<z.infer<typeof outboundTrafficPolicy>>;
