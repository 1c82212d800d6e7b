import type { ChainMatchIr } from '../ir/listener.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { filled, withoutDefaults } from './typed-extension.ts';

/** The match of a chain; `undefined` for one that asks nothing of a connection. */
export function encodeChainMatch(match: ChainMatchIr): ProtoJson | undefined {
  const message = withoutDefaults({
    destinationPort: match.destinationPort === 0 ? undefined : match.destinationPort,
    prefixRanges: filled(
      match.destinationRanges.map(({ address, bits }) => ({ addressPrefix: address, prefixLen: bits })),
    ),
    serverNames: filled(match.serverNames),
    transportProtocol: match.transport === '' ? undefined : match.transport,
    applicationProtocols: filled(match.applicationProtocols),
  });
  return Object.keys(message).length === 0 ? undefined : message;
}
