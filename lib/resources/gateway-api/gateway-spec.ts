import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { int32, textMap } from '../field-shapes.ts';
import { listener } from './listener-spec.ts';
import { localReference, namespaceSelector, objectReference } from './named-shapes.ts';

/** Shape of the Gateway API's Gateway. Source: its CRD, experimental channel. */
const frontendTls = z.strictObject({
  validation: z
    .strictObject({
      caCertificateRefs: z
        .array(objectReference)
        .exactOptional()
        .describe('ConfigMaps or Secrets with the authorities that sign the certificates of clients.'),
      mode: z
        .enum(['AllowValidOnly', 'AllowInsecureFallback'])
        .exactOptional()
        .describe('Whether clients without a valid certificate are let in as well; AllowValidOnly is the default.'),
    })
    .exactOptional()
    .describe("How clients' certificates are checked."),
});

export const apiGatewaySpec = z
  .strictObject({
    gatewayClassName: z
      .string()
      .exactOptional()
      .describe('Name of the GatewayClass. The class istio is there without a document.'),
    listeners: z.array(listener).exactOptional().describe('What the gateway listens on, and for which hosts.'),
    addresses: z
      .array(
        z.strictObject({
          type: z
            .string()
            .exactOptional()
            .describe('Hostname of a Service whose instances the routers are; IPAddress and others are not used.'),
          value: z.string().exactOptional().describe('The address.'),
        }),
      )
      .exactOptional()
      .describe('The Services behind which the routers stand. Without any, routers are found by their label.'),
    infrastructure: z
      .strictObject({
        labels: textMap.exactOptional().describe('Labels for what a controller would create; nothing is created here.'),
        annotations: textMap
          .exactOptional()
          .describe('Annotations for what a controller would create; nothing is created here.'),
        parametersRef: localReference.exactOptional().describe('Settings of a controller; there are none here.'),
      })
      .exactOptional()
      .describe('Attributes of what a controller would create; nothing is created here.'),
    tls: z
      .strictObject({
        backend: z
          .strictObject({
            clientCertificateRef: objectReference
              .exactOptional()
              .describe('Secret with the key and certificate that the gateway shows to services.'),
          })
          .exactOptional()
          .describe('TLS from the gateway to services.'),
        frontend: z
          .strictObject({
            default: frontendTls
              .exactOptional()
              .describe('For every port where TLS ends and that is not told of below.'),
            perPort: z
              .array(
                z.strictObject({
                  port: int32.exactOptional().describe('The port that it is about.'),
                  tls: frontendTls.exactOptional().describe('How it is there.'),
                }),
              )
              .exactOptional()
              .describe('For single ports.'),
          })
          .exactOptional()
          .describe('TLS from clients to the gateway.'),
      })
      .exactOptional()
      .describe('TLS beyond what listeners say.'),
    allowedListeners: z
      .strictObject({
        namespaces: z
          .strictObject({
            from: z
              .enum(['All', 'Selector', 'Same', 'None'])
              .exactOptional()
              .describe('Namespaces whose ListenerSets may add listeners; None unless it is said.'),
            selector: namespaceSelector.exactOptional(),
          })
          .exactOptional()
          .describe('Where ListenerSets may come from.'),
      })
      .exactOptional()
      .describe('Which ListenerSets may add listeners.'),
    defaultScope: z
      .enum(['All', 'None'])
      .exactOptional()
      .describe('Whether routes without a parent belong here; not carried out.'),
  })
  .describe('What routers of a class listen on, and whose routes they take.');

export type ApiGatewaySpec = Immutable<z.infer<typeof apiGatewaySpec>>;
