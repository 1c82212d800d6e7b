import { unreachable } from '../base/unreachable.ts';
import type { InspectedPorts, ListenerFilterIr } from '../ir/listener.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { typedExtension } from './typed-extension.ts';

/** Mark of packets that a transparent proxy sends, so that they are not redirected again. Istio's iptables rules know it. */
const TRANSPARENT_MARK = 1337;
/** First read of the TLS inspector in bytes: most hellos fit, and idle connections hold less than Envoy's 64 KiB. */
const FIRST_READ_BYTES = 512;

export function encodeListenerFilter(filter: ListenerFilterIr): ProtoJson {
  switch (filter.type) {
    case 'original-destination':
      return listenerFilter('original_dst', 'OriginalDst');
    case 'original-source':
      return listenerFilter('original_src', 'OriginalSrc', { mark: TRANSPARENT_MARK });
    case 'proxy-protocol':
      return listenerFilter('proxy_protocol', 'ProxyProtocol');
    case 'tls-inspector':
      return {
        ...listenerFilter('tls_inspector', 'TlsInspector', { initialReadBufferSize: FIRST_READ_BYTES }),
        ...disabledOn(filter.ports),
      };
    case 'http-inspector':
      return { ...listenerFilter('http_inspector', 'HttpInspector'), ...disabledOn(filter.ports) };
    default:
      return unreachable(filter);
  }
}

const listenerFilter = (name: string, message: string, settings?: ProtoJson): ProtoJson =>
  typedExtension(`envoy.filters.listener.${name}`, `envoy.extensions.filters.listener.${name}.v3.${message}`, settings);

function disabledOn(ports: InspectedPorts): ProtoJson {
  switch (ports.on) {
    case 'every-port':
      return {};
    case 'all-but':
      return { filterDisabled: anyPortOf(ports.ports) };
    case 'only':
      return { filterDisabled: { notMatch: anyPortOf(ports.ports) } };
    default:
      return unreachable(ports);
  }
}

/** True for each of the ports. A range ends before its `end`; a set needs two rules at least. */
function anyPortOf(ports: readonly number[]): ProtoJson {
  const rules = ports.map((port) => ({ destinationPortRange: { start: port, end: port + 1 } }));
  const [only, ...others] = rules;
  return only !== undefined && others.length === 0 ? only : { orMatch: { rules } };
}
