import { benchClock, benchProcess } from './bench-process.ts';
import { generatedDocuments } from './generated-mesh.ts';
import { ALL_EXTENSIONS, pollBody } from './poll-body.ts';
import type { BenchRow } from './row.ts';
import { talliedStore } from './tallied-store.ts';

const POLLS = 20;
const SIDECAR = { index: 1, namespace: 'ns-0' };
const PATH = '/v3/discovery:clusters';
/** Longer than a head that was read stays fresh, so that no poll finds one; a proxy's usual refresh time. */
const REFRESH_MS = 5_000;

/** What an unchanged poll asks of the store (DLV-1): as one of many processes in the cloud, and in the one of `pilotless serve`. */
export async function pollReadRows(services: number): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const hearsAllPolls of [false, true]) {
    for (const [node, extensions] of [
      ['', 0],
      [', node of 77 KB', ALL_EXTENSIONS],
    ] as const) {
      const place = hearsAllPolls ? 'serve' : 'cloud';
      const measured = await readsPerPoll({ services, hearsAllPolls, extensions });
      const row = (when: string, value: number): BenchRow => ({
        bench: `store reads of an unchanged poll${node}, ${place}, ${when}`,
        services,
        unit: 'reads per poll',
        value,
        floor: undefined,
        floorIs: '',
      });
      rows.push(row('every 5 s', measured.late), row('within 1 s', measured.soon));
    }
  }
  return rows;
}

interface ReadsOptions {
  readonly services: number;
  readonly hearsAllPolls: boolean;
  readonly extensions: number;
}

async function readsPerPoll({ services, hearsAllPolls, extensions }: ReadsOptions) {
  const [store, clock] = [talliedStore(), benchClock()];
  const served = benchProcess({ store, clock, hearsAllPolls });
  await served.load(generatedDocuments(services));
  const first = await served.poll(PATH, pollBody(SIDECAR, { extensions }));
  const { version_info: versionInfo } = JSON.parse(first.text) as { readonly version_info: string };
  await served.build();
  const body = pollBody(SIDECAR, { versionInfo, extensions });
  const reads = async (everyMs: number): Promise<number> => {
    for (let settling = 0; settling < 2; settling += 1) await served.poll(PATH, body);
    store.takeTally();
    for (let poll = 0; poll < POLLS; poll += 1) {
      clock.advance(everyMs);
      const { status } = await served.poll(PATH, body);
      if (status !== 304) throw new Error(`an unchanged poll was answered ${status}`);
    }
    const { recordReads, blobReads } = store.takeTally();
    return (recordReads + blobReads) / POLLS;
  };
  return { late: await reads(REFRESH_MS), soon: await reads(10) };
}
