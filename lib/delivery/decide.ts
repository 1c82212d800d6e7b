import { canonicalJson, type ContentHash } from '../base/hashing.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { Manifest, TypeManifest } from '../snapshot/snapshot.ts';
import { type VersionInfo, echoedVersion, versionOf } from '../snapshot/version-info.ts';
import type { Poll } from './read-poll.ts';

/** The answer to one poll before it is worded. */
export type Decision =
  | { readonly answer: 'up-to-date'; readonly versionInfo: VersionInfo }
  | { readonly answer: 'send'; readonly versionInfo: VersionInfo; readonly parts: readonly BodyPart[] };

/** A piece of the list of resources: a stored body, ready to send, or a text that is too small to store. */
export type BodyPart =
  { readonly part: 'stored'; readonly body: ContentHash } | { readonly part: 'text'; readonly text: string };

/**
 * Answers one REST poll from the manifest alone; reads no clock, no store and no body. The version covers only the names asked
 * for, so a change elsewhere in the type sends nothing (SNAP-2). A name that the snapshot lacks leaves a proxy which has
 * something under that name as it is: it is about to drop the name, and until then it needs what it has.
 * Source: Envoy "xDS REST and gRPC protocol", section on REST-JSON polling.
 */
export function decide(poll: Asked, manifest: Manifest): Decision {
  const { xdsType } = poll.type;
  if (xdsType === undefined) return sendUnlessKnown(poll, versionOf([]), []);
  const { resources, whole } = manifest[xdsType];
  if (whole) {
    const isEmpty = Object.keys(resources).length === 0;
    return sendUnlessKnown(poll, whole.versionInfo, isEmpty ? [] : [{ part: 'stored', body: whole.body }]);
  }
  const bodies = poll.names.map((name) => [name, hashOfName(resources, name)] as const);
  const versionInfo = versionOf(bodies);
  const hasLost = bodies.length > 0 && poll.versionInfo !== '' && bodies.every(([, hash]) => hash === undefined);
  if (hasLost) return { answer: 'up-to-date', versionInfo: echoedVersion(poll.versionInfo) };
  return sendUnlessKnown(
    poll,
    versionInfo,
    bodies.flatMap(([name, hash]) => partsOf(xdsType, name, hash)),
  );
}

/** What of a poll decides its answer. */
export type Asked = Pick<Poll, 'type' | 'versionInfo' | 'names'>;

/** Names that the poll asks for and the manifest does not hold: worth a look at the newest head before they are refused. */
export function missingNames(poll: Asked, manifest: Manifest): readonly string[] {
  const { xdsType } = poll.type;
  if (xdsType === undefined || XDS_TYPES[xdsType].isWholeSet) return [];
  return poll.names.filter((name) => hashOfName(manifest[xdsType].resources, name) === undefined);
}

function sendUnlessKnown(poll: Asked, versionInfo: VersionInfo, parts: readonly BodyPart[]): Decision {
  return poll.versionInfo === versionInfo
    ? { answer: 'up-to-date', versionInfo }
    : { answer: 'send', versionInfo, parts };
}

/** PX-12: an unknown cluster has no endpoints, which lets a proxy that waits for them go on; anything else is left out. */
function partsOf(type: XdsType, name: string, body: ContentHash | undefined): readonly BodyPart[] {
  if (body !== undefined) return [{ part: 'stored', body }];
  if (type !== 'endpoints') return [];
  return [{ part: 'text', text: canonicalJson({ '@type': XDS_TYPES.endpoints.typeUrl, clusterName: name }) }];
}

function hashOfName(resources: TypeManifest['resources'], name: string): ContentHash | undefined {
  return Object.hasOwn(resources, name) ? resources[name] : undefined;
}
