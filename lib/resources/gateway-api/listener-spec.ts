import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { int32, textMap } from '../field-shapes.ts';
import { namespaceSelector, objectReference } from './named-shapes.ts';

const listenerTls = z.strictObject({
  mode: z
    .enum(['Terminate', 'Passthrough'])
    .exactOptional()
    .describe('Whether TLS ends here (Terminate, the default) or at the service behind (Passthrough).'),
  certificateRefs: z
    .array(objectReference)
    .exactOptional()
    .describe('Secrets with key and certificate, of which there may be two with different types of keys.'),
  options: textMap
    .exactOptional()
    .describe(
      'Settings beyond the standard: gateway.istio.io/tls-terminate-mode, gateway.istio.io/tls-cipher-suites and others.',
    ),
});

const allowedRoutes = z.strictObject({
  namespaces: z
    .strictObject({
      from: z
        .enum(['All', 'Selector', 'Same', 'None'])
        .exactOptional()
        .describe('Namespaces whose routes are taken: Same (the default), All, or those that the selector picks.'),
      selector: namespaceSelector.exactOptional(),
    })
    .exactOptional()
    .describe('Where routes may come from.'),
  kinds: z
    .array(
      z.strictObject({
        group: z.string().exactOptional().describe('API group of the routes; gateway.networking.k8s.io unless said.'),
        kind: z.string().exactOptional().describe('Kind of the routes, such as HTTPRoute.'),
      }),
    )
    .exactOptional()
    .describe('Kinds of routes that are taken; those that fit the protocol unless it is said.'),
});

/** One listener of a Gateway or of a ListenerSet. */
export const listener = z.strictObject({
  name: z.string().exactOptional().describe('Name of the listener, unique in its object; sectionName of routes.'),
  hostname: z
    .string()
    .exactOptional()
    .describe('The host that is served, or *.example.com for all below it; all hosts unless it is said.'),
  port: int32.exactOptional().describe('The port that the gateway listens on.'),
  protocol: z.string().exactOptional().describe('What is spoken there: HTTP, HTTPS, TLS or TCP.'),
  tls: listenerTls.exactOptional().describe('How TLS is ended here.'),
  allowedRoutes: allowedRoutes.exactOptional().describe('Which routes may be attached.'),
});

export type ListenerSpec = Immutable<z.infer<typeof listener>>;
