import type { XdsType } from '../envoy/envoy-resource.ts';
import type { BodyPart, FoundResource } from '../snapshot/body-part.ts';
import { type VersionInfo, echoedVersion, versionOf } from '../snapshot/version-info.ts';
import { noEndpoints } from './no-endpoints.ts';
import type { Poll } from './read-poll.ts';

/** The answer to one poll before it is worded. */
export type Decision =
  | { readonly answer: 'up-to-date'; readonly versionInfo: VersionInfo }
  | { readonly answer: 'send'; readonly versionInfo: VersionInfo; readonly parts: readonly BodyPart[] };

/** What a snapshot has of what a poll asks for: everything that a decision needs, so that it reads nothing itself. */
export interface Offer {
  /** Of a type that is always sent whole. */
  readonly whole?: { readonly versionInfo: VersionInfo; readonly parts: readonly BodyPart[] };
  /** Of any other type: at least those of the names asked for that the snapshot holds. */
  readonly found: ReadonlyMap<string, FoundResource>;
}

/**
 * Answers one REST poll from what a snapshot has for it; reads no clock, no store and no body. The version covers only the names asked
 * for, so a change elsewhere in the type sends nothing (SNAP-2). A name that the snapshot lacks leaves a proxy which has
 * something under that name as it is: it is about to drop the name, and until then it needs what it has.
 * Source: Envoy "xDS REST and gRPC protocol", section on REST-JSON polling.
 */
export function decide(poll: Asked, { whole, found }: Offer): Decision {
  const { xdsType } = poll.type;
  if (xdsType === undefined) return sendUnlessKnown(poll, versionOf([]), []);
  if (whole) return sendUnlessKnown(poll, whole.versionInfo, whole.parts);
  const versionInfo = versionOf(poll.names.map((name) => [name, found.get(name)?.hash]));
  const hasLost = poll.names.length > 0 && poll.versionInfo !== '' && !poll.names.some((name) => found.has(name));
  if (hasLost) return { answer: 'up-to-date', versionInfo: echoedVersion(poll.versionInfo) };
  return sendUnlessKnown(poll, versionInfo, partsOf(poll, { found }));
}

/** What is sent of a snapshot to a poll. */
export function partsOf(
  { type: { xdsType }, names }: Omit<Asked, 'versionInfo'>,
  { whole, found }: Offer,
): readonly BodyPart[] {
  if (whole) return whole.parts;
  return xdsType === undefined ? [] : names.flatMap((name) => found.get(name)?.part ?? partsWithout(xdsType, name));
}

/** What of a poll decides its answer. */
export type Asked = Pick<Poll, 'type' | 'versionInfo' | 'names'>;

/** Names that the poll asks for and the snapshot does not hold; none of a type that is always sent whole. */
export function missingNames({ type, names }: Asked, { whole, found }: Offer): readonly string[] {
  return type.xdsType === undefined || whole ? [] : names.filter((name) => !found.has(name));
}

function sendUnlessKnown(poll: Asked, versionInfo: VersionInfo, parts: readonly BodyPart[]): Decision {
  return poll.versionInfo === versionInfo
    ? { answer: 'up-to-date', versionInfo }
    : { answer: 'send', versionInfo, parts };
}

/** PX-12: an unknown cluster has no endpoints, which lets a proxy that waits for them go on; anything else is left out. */
function partsWithout(type: XdsType, name: string): readonly BodyPart[] {
  if (type !== 'endpoints') return [];
  return [{ part: 'text', text: noEndpoints(name) }];
}
