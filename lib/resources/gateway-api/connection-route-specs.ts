import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { backendRef, hostname, listOf, parentRefs, ruleName } from './route-shapes.ts';

/** Shapes of TLSRoute and TCPRoute: the standard channel of Gateway API 1.6. */
const connectionRule = z.strictObject({
  name: ruleName.exactOptional().describe('A name for this rule.'),
  backendRefs: listOf(backendRef, 16)
    .min(1, 'at least one backend is needed')
    .describe('Where the connections go, with the share of each backend.'),
});

/** One rule only: there is nothing that could tell two apart. */
const connectionRules = z
  .array(connectionRule)
  .min(1, 'one rule is needed')
  .max(1, 'only one rule may be listed')
  .describe('The rule that all connections follow.');

export const tlsRouteSpec = z
  .strictObject({
    parentRefs: parentRefs.exactOptional().describe('Gateways, listeners or services whose connections this routes.'),
    hostnames: z
      .array(hostname)
      .max(1024, 'at most 1024 may be listed')
      .exactOptional()
      .describe('Server names (SNI) of the connections; needed in v1.'),
    rules: connectionRules,
  })
  .describe('How TLS connections that come to gateways or services are routed, by the server name they ask for.');

export const tcpRouteSpec = z
  .strictObject({
    parentRefs: parentRefs.exactOptional().describe('Gateways, listeners or services whose connections this routes.'),
    rules: connectionRules,
  })
  .describe('Where the connections that come to listeners or services go.');

export type TlsRouteSpec = Immutable<z.infer<typeof tlsRouteSpec>>;
export type TcpRouteSpec = Immutable<z.infer<typeof tcpRouteSpec>>;
export type ConnectionRouteRule = Immutable<z.infer<typeof connectionRule>>;
