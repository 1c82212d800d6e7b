import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { benchClock, benchProcess, type BenchProcess } from './bench-process.ts';
import { generatedDocuments, serviceDocuments } from './generated-mesh.ts';
import { endpointNames } from './endpoint-names.ts';
import { nodeOf, pollBody } from './poll-body.ts';
import type { BenchRow } from './row.ts';
import { talliedStore } from './tallied-store.ts';

const SIDECAR = { index: 1, namespace: 'ns-0' };
const { typeUrl } = XDS_TYPES.endpoints;
/** As many names as one poll may carry. */
const NAMES_PER_POLL = 1_000;

/** Bytes that a proxy is sent after one endpoint changed, beside the changed resources' own (DLV-3). */
export async function sentByteRows(services: number): Promise<readonly BenchRow[]> {
  const [store, clock] = [talliedStore(), benchClock()];
  const process = benchProcess({ store, clock, hearsAllPolls: true });
  await process.load(generatedDocuments(services));
  const names = await endpointNames(process, SIDECAR);
  const [delta, full] = [deltaPolls(process, names), fullPolls(process, names)];
  await delta();
  await full();
  const [changed] = serviceDocuments(0, { replica: '10.250.0.1' });
  await process.apply([changed ?? {}]);
  await process.build();
  clock.advance(5_000);
  const [deltaSent, fullSent] = [await delta(), await full()];
  const row = (bench: string, value: number): BenchRow => ({
    bench: `sent after a one-endpoint change: ${bench}`,
    services,
    unit: 'bytes',
    value,
    floor: deltaSent.ownBytes,
    floorIs: `the ${deltaSent.resources} changed resources alone`,
  });
  return [row('delta poll', deltaSent.bytes), row('EDS polls of every cluster', fullSent)];
}

interface DeltaSent {
  readonly bytes: number;
  readonly resources: number;
  readonly ownBytes: number;
}

/** A client of deltas for all endpoints; each call is its next poll. */
function deltaPolls(process: BenchProcess, names: readonly string[]): () => Promise<DeltaSent> {
  let nonce = '';
  return async () => {
    const body = JSON.stringify({
      node: nodeOf(SIDECAR),
      type_url: typeUrl,
      resource_names_subscribe: names,
      response_nonce: nonce,
    });
    const { status, text } = await process.poll('/v3/delta:endpoints', body);
    if (status !== 200) throw new Error(`a delta poll was answered ${status}: ${text}`);
    const answer = JSON.parse(text) as { readonly nonce: string; readonly resources: readonly { resource: object }[] };
    nonce = answer.nonce;
    const own = answer.resources.map(({ resource }) => Buffer.byteLength(JSON.stringify(resource)));
    return {
      bytes: Buffer.byteLength(text),
      resources: own.length,
      ownBytes: own.reduce((sum, bytes) => sum + bytes, 0),
    };
  };
}

/** Polls for the endpoints of every cluster, in as few polls as may be; each call is the next of each, and answers their bytes. */
function fullPolls(process: BenchProcess, names: readonly string[]): () => Promise<number> {
  const versions = new Map<number, string>();
  return async () => {
    let bytes = 0;
    for (let start = 0; start < names.length; start += NAMES_PER_POLL) {
      const some = names.slice(start, start + NAMES_PER_POLL);
      const body = pollBody(SIDECAR, { typeUrl, names: some, versionInfo: versions.get(start) });
      const { status, text } = await process.poll('/v3/discovery:endpoints', body);
      if (status === 304) continue;
      versions.set(start, (JSON.parse(text) as { readonly version_info: string }).version_info);
      bytes += Buffer.byteLength(text);
    }
    return bytes;
  };
}
