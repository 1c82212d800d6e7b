import type { FilterChainIr, InspectedPorts, ListenerFilterIr } from '../ir/listener.ts';

/** ITLS-10, LS-27: what must look at redirected connections so that these chains can be told apart; TLS is looked for first. */
export function inboundInspectors(chains: readonly FilterChainIr[]): readonly ListenerFilterIr[] {
  const tls = inspectedPorts(chains, ({ match }) => match.transport === 'tls');
  const http = inspectedPorts(
    chains,
    ({ match }) => match.transport !== 'tls' && match.applicationProtocols.includes('http/1.1'),
  );
  const inspectors: ListenerFilterIr[] = [];
  if (tls !== undefined) inspectors.push({ type: 'tls-inspector', ports: tls });
  if (http !== undefined) inspectors.push({ type: 'http-inspector', ports: http });
  return inspectors;
}

/**
 * Looking delays servers that speak first, so an inspector works only on ports where some chain needs it. Chains without a
 * port speak for every port that is not named. `undefined` when no chain needs it anywhere.
 */
function inspectedPorts(
  chains: readonly FilterChainIr[],
  needs: (chain: FilterChainIr) => boolean,
): InspectedPorts | undefined {
  const needed = new Map<number, boolean>();
  for (const chain of chains) {
    const port = chain.match.destinationPort;
    needed.set(port, needs(chain) || needed.get(port) === true);
  }
  const isNeededElsewhere = needed.get(0) === true;
  const ports = [...needed].filter(([port, isNeeded]) => port !== 0 && isNeeded !== isNeededElsewhere);
  const sorted = ports.map(([port]) => port).sort((a, b) => a - b);
  if (isNeededElsewhere) return sorted.length === 0 ? { on: 'every-port' } : { on: 'all-but', ports: sorted };
  return sorted.length === 0 ? undefined : { on: 'only', ports: sorted };
}
