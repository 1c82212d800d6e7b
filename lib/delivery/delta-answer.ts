import type { FoundResource } from '../snapshot/body-part.ts';
import type { VersionInfo } from '../snapshot/version-info.ts';
import type { Delta } from './decide-delta.ts';

/** A DeltaDiscoveryResponse before its bodies are read. */
export interface DeltaAnswer extends Delta {
  readonly typeUrl: string;
  readonly versionInfo: VersionInfo;
  readonly nonce: string;
}

/** Reads the bytes that are sent for a resource of an answer, in pieces. */
export type ReadBody = (
  resource: FoundResource,
  answer: Pick<DeltaAnswer, 'typeUrl'>,
) => Promise<readonly Uint8Array[]>;

/** Bodies that are read at one time: enough to hide the latency of an object store, few enough for the memory of a function. */
const PARALLEL_READS = 32;

/** What all bodies of the answer take, without the words around them. */
export function bodyBytes({ changed }: Delta): number {
  return [...changed.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The answers in Envoy's JSON, one by itself or a list of many, piece by piece: no more than a few bodies are held at once. */
export async function* deltaText(
  answers: readonly DeltaAnswer[],
  form: 'one' | 'many',
  readBody: ReadBody,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  if (form === 'many') yield '{"responses":[';
  for (const [index, answer] of answers.entries()) {
    if (index > 0) yield ',';
    yield* answerText(answer, readBody);
  }
  if (form === 'many') yield ']}';
}

async function* answerText(
  { typeUrl, versionInfo, nonce, changed, removed }: DeltaAnswer,
  readBody: ReadBody,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  yield `{"system_version_info":"${versionInfo}","type_url":"${typeUrl}","nonce":"${nonce}","resources":[`;
  const resources = [...changed];
  for (let start = 0; start < resources.length; start += PARALLEL_READS) {
    const some = resources.slice(start, start + PARALLEL_READS);
    const bodies = await Promise.all(some.map(([, resource]) => readBody(resource, { typeUrl })));
    for (const [index, [name, { hash }]] of some.entries()) {
      yield `${start + index > 0 ? ',' : ''}{"name":${JSON.stringify(name)},"version":"${hash}","resource":`;
      yield* bodies[index] ?? ['null'];
      yield '}';
    }
  }
  yield `],"removed_resources":${JSON.stringify(removed)}}`;
}
