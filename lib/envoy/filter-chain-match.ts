import type { ChainMatchIr } from '../ir/listener.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutDefaults } from './without-defaults.ts';

/** The match of a chain; `undefined` for one that asks nothing of a connection. */
export function encodeChainMatch(match: ChainMatchIr): ProtoJson | undefined {
  const message = withoutDefaults({
    destinationPort: match.destinationPort,
    prefixRanges: match.destinationRanges.map(({ address, bits }) => ({ addressPrefix: address, prefixLen: bits })),
    serverNames: match.serverNames,
    transportProtocol: match.transport,
    applicationProtocols: match.applicationProtocols,
  });
  return Object.keys(message).length === 0 ? undefined : message;
}
