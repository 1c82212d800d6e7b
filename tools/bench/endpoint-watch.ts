import { setTimeout as delay } from 'node:timers/promises';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { serviceDocuments } from './generated-mesh.ts';
import { pollBody, type PollingSidecar } from './poll-body.ts';

/** The endpoints of service 0, changed over the API and watched by polls. */
export interface EndpointWatch {
  /** Applies a new address of one instance; resolves when it is acknowledged. */
  move(): Promise<void>;
  /** Polls as this proxy until it is served the newest address. */
  untilServed(sidecar: PollingSidecar): Promise<void>;
}

const SERVICE = 'outbound|80||service-0.ns-0.svc.cluster.local';
const PAUSE_MS = 4;
const PATIENCE_MS = 120_000;

export function endpointWatch(server: string): EndpointWatch {
  const { path, typeUrl } = XDS_TYPES.endpoints;
  let moves = 0;
  let address = '10.0.0.1';
  return {
    async move() {
      moves += 1;
      address = `10.251.${Math.floor(moves / 250)}.${moves % 250}`;
      const [serviceEntry] = serviceDocuments(0, { replica: address });
      const response = await fetch(`${server}/v1/apply`, { method: 'POST', body: JSON.stringify(serviceEntry) });
      if (response.status !== 200) throw new Error(`apply was answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    },
    async untilServed(sidecar) {
      let versionInfo: string | undefined;
      const deadline = performance.now() + PATIENCE_MS;
      while (performance.now() < deadline) {
        const body = pollBody(sidecar, { typeUrl, names: [SERVICE], versionInfo });
        const response = await fetch(`${server}/v3/discovery:${path}`, { method: 'POST', body });
        const text = await response.text();
        if (text.includes(`"${address}"`)) return;
        if (response.status === 200) ({ version_info: versionInfo } = JSON.parse(text) as { version_info: string });
        await delay(PAUSE_MS);
      }
      throw new Error(`address ${address} was not served within ${PATIENCE_MS} ms`);
    },
  };
}
