import type { ProtoJson, XdsType } from '../../lib/envoy/envoy-resource.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import { referencesOf } from '../../lib/snapshot/references.ts';
import { pollBody, type PollingSidecar } from './poll-body.ts';

/** One poll that a proxy sends when it starts, and what it is answered. */
export interface FirstAnswer {
  readonly type: XdsType;
  readonly names: readonly string[];
  readonly text: string;
  readonly versionInfo: string;
  /** Names of other types that the resources of the answer need. */
  readonly needs: (type: XdsType) => readonly string[];
}

/** Polls a service that has not been seen yet by this proxy; anything but an answer with resources throws. */
export async function firstAnswer(
  server: string,
  sidecar: PollingSidecar,
  { type, names }: Pick<FirstAnswer, 'type' | 'names'>,
): Promise<FirstAnswer> {
  const { path, typeUrl } = XDS_TYPES[type];
  const body = pollBody(sidecar, { typeUrl, names });
  const response = await fetch(`${server}/v3/discovery:${path}`, { method: 'POST', body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`a first poll was answered ${response.status}: ${text}`);
  const read = JSON.parse(text) as { readonly version_info: string; readonly resources: readonly NamedBody[] };
  const references = read.resources.flatMap((body) => referencesOf({ type, name: body.name, body }));
  const needs = (wanted: XdsType): readonly string[] => [
    ...new Set(references.filter((reference) => reference.type === wanted).map(({ name }) => name)),
  ];
  return { type, names, text, versionInfo: read.version_info, needs };
}

type NamedBody = ProtoJson & { readonly name: string };
