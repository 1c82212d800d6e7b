import { memoryBlobs } from '../../lib/adapters/memory/memory-blobs.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { type DurationMs, type EpochMs, epochMs } from '../../lib/base/brand.ts';
import { type ConfigStore, configStore, type ConfigStorePorts } from '../../lib/control/config/config-store.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import { recordingLog } from './recording-log.ts';

/** 2026-01-01T00:00:00Z */
export const testStart: EpochMs = epochMs(1_767_225_600_000);

/** A clock on which sleeping costs nothing but moves the time: for code whose pauses do not matter to the test. */
export function skippingClock(start: EpochMs = testStart): Clock {
  let now: number = start;
  return {
    now: () => epochMs(now),
    sleep: async (duration: DurationMs) => {
      now += Math.max(0, duration);
    },
  };
}

/** UUIDs that count up, so that a run with the same steps is the same run. */
export function countingIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
}

/** Ports in memory, any of them replaced. */
export function testPorts(replaced: Partial<ConfigStorePorts> = {}): ConfigStorePorts {
  return {
    blobs: memoryBlobs(),
    records: memoryRecords(),
    clock: skippingClock(),
    log: recordingLog(),
    ids: countingIds(),
    secrets: memorySecretBox(),
    ...replaced,
  };
}

/** An empty config store in memory, any of its ports replaced. */
export function testStore(replaced: Partial<ConfigStorePorts> = {}): ConfigStore {
  return configStore(testPorts(replaced));
}
