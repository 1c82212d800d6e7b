import { Registry } from 'prom-client';
import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { type DeliveryPorts, type DeliveryService, deliveryService } from '../../lib/control/delivery-service.ts';
import { meshStatus, type MeshStatus } from '../../lib/control/mesh-status.ts';
import { metrics } from '../../lib/control/metrics.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { testStart } from './config-store.ts';
import { resourcesOf } from './documents.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';

/** Delivery in memory, with a config that a test sets directly and a clock that it moves. */
export interface TestDelivery extends DeliveryService, MeshStatus {
  readonly ports: DeliveryPorts;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  /** Makes the documents the next revision, without building it. */
  configure(yaml: string): void;
  /** Sends one poll as an Envoy would. */
  poll(path: string, request?: TestPoll): Promise<Response>;
  /** Sends one delta poll: of the type, or of many with a path that is empty. */
  delta(path: string, request?: object): Promise<Response>;
}

export interface TestPoll {
  readonly node?: object;
  readonly names?: readonly string[];
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const sidecarNode = {
  id: 'sidecar~10.0.0.9~client.default~default.svc.cluster.local',
  cluster: 'client',
  metadata: { NAMESPACE: 'default', INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: '5s' },
};

export function testDelivery(replaced: Partial<Omit<DeliveryPorts, 'log'>> = {}): TestDelivery {
  const clock = fakeClock({ at: testStart });
  const log = recordingLog();
  const current: { revision: number; resources: readonly Resource[] } = { revision: 0, resources: [] };
  const ports: DeliveryPorts = {
    blobs: memoryBlobs(clock),
    records: memoryRecords(),
    clock,
    log,
    metrics: metrics(new Registry(), 'test'),
    config: {
      newestRevision: async () => current.revision,
      newestHealth: async () => '',
      readNewest: async () => ({ ...current, health: '' }),
    },
    holder: 'test',
    hearsAllPolls: true,
    secrets: memorySecretBox(),
    believesNodes: true,
    isServing: () => true,
    ...replaced,
  };
  const service = deliveryService(ports);
  return {
    ...service,
    ...meshStatus(service.sights),
    ports,
    clock,
    log,
    configure(yaml) {
      current.revision += 1;
      current.resources = resourcesOf(yaml);
    },
    poll: (path, { node = sidecarNode, names = [], version = '', headers = {} } = {}) =>
      service.discovery(
        new Request(`http://xds/v3/discovery:${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ version_info: version, node, resource_names: names }),
        }),
      ),
    delta: (path, request = {}) =>
      service.discovery(
        new Request(`http://xds/v3/delta${path === '' ? '' : `:${path}`}`, {
          method: 'POST',
          body: JSON.stringify({ node: sidecarNode, ...request }),
        }),
      ),
  };
}

/** A ServiceEntry with one HTTP port, whose endpoints are given. */
export function serviceEntry(host: string, ...addresses: readonly string[]): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${host.split('.')[0]} }
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [${addresses.map((address) => `{ address: ${address}, ports: { http: 8080 } }`).join(', ')}]
---`;
}

export interface DiscoveryAnswer {
  readonly version_info: string;
  readonly type_url: string;
  readonly resources: readonly (Readonly<Record<string, unknown>> & { readonly name?: string })[];
}

/** The body of an answer that carries a snapshot; throws on any other. */
export async function sentIn(response: Response): Promise<DiscoveryAnswer> {
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  return (await response.json()) as DiscoveryAnswer;
}

export interface DeltaAnswerBody {
  readonly system_version_info: string;
  readonly type_url: string;
  readonly nonce: string;
  readonly resources: readonly {
    readonly name: string;
    readonly version: string;
    readonly resource: Readonly<Record<string, unknown>>;
  }[];
  readonly removed_resources: readonly string[];
}

/** The body of an answer that carries one delta; throws on any other. */
export async function deltaIn(response: Response): Promise<DeltaAnswerBody> {
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  return (await response.json()) as DeltaAnswerBody;
}
