import type { Resource } from '../../lib/resources/resource.ts';
import { asResource } from './generated-mesh.ts';

/** `apart`: each Gateway has three hosts of its own and a table for them. `shared`: one Gateway, whose three hosts are in every table. */
export type GatewayShape = 'apart' | 'shared';

/** A mesh of `count` services behind a router, each with a table of its own; every host is served in plain text and with TLS. */
export function generatedGateways(count: number, shape: GatewayShape): readonly Resource[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const gateways =
    shape === 'apart' ? numbers.map((index) => gateway(index, hostsOf(index))) : [gateway(0, hostsOf(0))];
  const tables = numbers.map((index) => (shape === 'apart' ? table(index, index, ['']) : table(index, 0, VARIANTS)));
  return [...gateways, ...tables, ...numbers.map(service)].map(asResource);
}

/** Prefixes that lead to one service where all tables meet at the same hosts. */
const VARIANTS = ['-a', '-b', '-c', '-d', '-e', '-f'];

const hostsOf = (index: number): readonly string[] =>
  ['www', 'api', 'cdn'].map((name) => `${name}.shop-${index}.example`);

const gateway = (index: number, hosts: readonly string[]): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: `edge-${index}`, namespace: 'edge' },
  spec: {
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts },
      { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts, tls: { mode: 'ISTIO_MUTUAL' } },
    ],
  },
});

const table = (index: number, gatewayIndex: number, variants: readonly string[]): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: `shop-${index}`, namespace: 'edge' },
  spec: {
    hosts: hostsOf(gatewayIndex),
    gateways: [`edge-${gatewayIndex}`],
    http: [
      {
        match: variants.map((variant) => ({ uri: { prefix: `/goods${variant}-${index}` } })),
        route: [{ destination: { host: serviceHost(index) } }],
      },
    ],
  },
});

const serviceHost = (index: number): string => `shop-${index}.internal.example`;

const service = (index: number): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: `shop-${index}`, namespace: 'shops' },
  spec: {
    hosts: [serviceHost(index)],
    resolution: 'STATIC',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    endpoints: [{ address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}` }],
  },
});
