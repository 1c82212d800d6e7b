import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { type DurationMs, epochMs } from '../../lib/base/brand.ts';
import { applyDocuments } from '../../lib/control/config/apply-documents.ts';
import { localConfigApi } from '../../lib/control/config/config-api.ts';
import { configSource } from '../../lib/control/build/config-source.ts';
import { configStore } from '../../lib/control/config/config-store.ts';
import { deliveryService } from '../../lib/control/delivery-service.ts';
import { metrics } from '../../lib/control/metrics.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import type { Log } from '../../lib/ports/log.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import type { TalliedStore } from './tallied-store.ts';

/** Time that the benchmark moves: what is measured is work, and no refresh time is waited for. */
export interface BenchClock extends Clock {
  advance(ms: number): void;
}

export function benchClock(): BenchClock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => epochMs(now),
    sleep: async (duration: DurationMs) => void (now += duration),
    advance: (ms) => void (now += ms),
  };
}

export interface BenchProcessOptions {
  readonly store: Pick<TalliedStore, 'blobs' | 'records'>;
  readonly clock: Clock;
  /** True for the one process of `pilotless serve`, false for one of many in the cloud. */
  readonly hearsAllPolls: boolean;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** The service without a socket: what a function of the cloud, or `pilotless serve`, does for one request. */
export interface BenchProcess {
  /** Makes the first revision, without the text between. */
  load(documents: readonly object[]): Promise<void>;
  /** `POST /v1/apply` of changed documents. */
  apply(documents: readonly object[]): Promise<void>;
  /** What the store's stream sets off. */
  build(): Promise<void>;
  /** `POST` of a poll. In the cloud what was learnt is written before the answer leaves. */
  poll(path: string, body: string): Promise<Answered>;
}

export function benchProcess({ store, clock, hearsAllPolls }: BenchProcessOptions): BenchProcess {
  const secrets = memorySecretBox();
  const ports = { blobs: store.blobs, records: store.records, clock, log: SILENT };
  const delivery = deliveryService({
    ...ports,
    metrics: metrics(new Registry(), 'bench'),
    ...{ config: configSource(ports), secrets, believesNodes: true },
    holder: hearsAllPolls ? 'local' : randomUUID(),
    hearsAllPolls,
    isServing: () => true,
  });
  const config = localConfigApi({ ...ports, ids: randomUUID, secrets });
  const request = (path: string, body: string): Request => new Request(`http://bench${path}`, { method: 'POST', body });
  return {
    async load(documents) {
      const sources = documents.map((value, document) => ({ document, place: '', value, lineOf: () => 1 }));
      const applied = await applyDocuments(configStore({ ...ports, ids: randomUUID, secrets }), {
        documents: sources,
        unreadable: [],
        defaultNamespace: 'default',
        writer: 'bench',
        isDryRun: false,
      });
      if (applied.outcome !== 'applied') throw new Error(`the mesh was not applied: ${JSON.stringify(applied)}`);
    },
    async apply(documents) {
      const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
      const response = await config.fetch(request('/v1/apply', text));
      if (response.status !== 200) throw new Error(`apply was answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    },
    async build() {
      const report = await delivery.builder.build('config').finally(async () => {
        if (!hearsAllPolls) await delivery.builder.stepDown(); // as the function does at the end of each event
      });
      if (report.outcome !== 'built' || report.views.failed > 0) throw new Error(`no build: ${JSON.stringify(report)}`);
    },
    async poll(path, body) {
      const response = await delivery.discovery(request(path, body));
      const text = await response.text();
      if (!hearsAllPolls) await delivery.flush();
      return { status: response.status, text };
    },
  };
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
