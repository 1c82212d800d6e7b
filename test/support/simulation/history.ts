import type { ContentHash } from '../../../lib/base/hashing.ts';
import { unreachable } from '../../../lib/base/unreachable.ts';
import type { Etag, RecordGuard, RecordKey } from '../../../lib/ports/records.ts';

/** Everything that happened in one simulation, in the order of the one true time. */
export type History = readonly HistoryEvent[];

export type HistoryEvent = { readonly at: number } & Happening;

export type Happening =
  | RecordWritten
  | { readonly what: 'blob'; readonly by: string; readonly hash: ContentHash; readonly bytes: Uint8Array }
  | { readonly what: 'blob-removed'; readonly by: string; readonly hash: ContentHash }
  | { readonly what: 'record-removed'; readonly by: string; readonly key: RecordKey }
  | { readonly what: 'asked'; readonly request: ApplyAsked }
  | { readonly what: 'told'; readonly id: string; readonly answer: ApplyTold }
  | PollAnswered
  | { readonly what: 'fault'; readonly machine: string; readonly fault: string; readonly call: string }
  | { readonly what: 'started' | 'died' | 'woke'; readonly machine: string }
  | { readonly what: 'stalled'; readonly machine: string; readonly forMs: number }
  | { readonly what: 'threw'; readonly machine: string; readonly reason: string }
  | { readonly what: 'calm' }
  | { readonly what: 'outage'; readonly isOn: boolean }
  | { readonly what: 'dead-letter'; readonly viewKeys: readonly string[] }
  | { readonly what: 'end'; readonly objects: ReadonlyMap<string, string>; readonly pollers: readonly PollerAtEnd[] };

/** A write that went in. */
export interface RecordWritten {
  readonly what: 'record';
  readonly by: string;
  readonly key: RecordKey;
  readonly record: unknown;
  readonly expected: Etag | undefined;
  readonly etag: Etag;
  readonly guard?: RecordGuard;
}

/** One edit as a client sent it: all objects of its owner become these. */
export interface ApplyAsked {
  readonly id: string;
  readonly owner: string;
  /** Name of object -> what tells this edit of it from all others. */
  readonly objects: ReadonlyMap<string, string>;
  readonly hasKey: boolean;
  readonly expectRevision?: number;
}

/** `unknown`: nobody told the client, however often it asked. */
export type ApplyTold =
  | { readonly answer: 'acknowledged'; readonly revision: number }
  | { readonly answer: 'conflict' }
  | { readonly answer: 'unknown' }
  | { readonly answer: 'wrong'; readonly status: number; readonly body: string };

export interface PollAnswered {
  readonly what: 'polled';
  readonly poller: string;
  readonly channel: string;
  readonly machine: string;
  readonly status: number;
  readonly hasMarker: boolean;
  /** Of a 200: how many resources it carried; `undefined` when it was no answer to a poll. */
  readonly resources?: number;
  readonly saysWhenToRetry: boolean;
  readonly asked: AskedOfPoll;
  /** Of a 200: `type/name` -> resource as JSON of all that the poller has of what it asked for, when it has taken the answer. */
  readonly shows?: ReadonlyMap<string, string>;
}

/** A poll as it left. */
interface AskedOfPoll {
  readonly at: number;
  /** What the poller says that it has; empty where its loop is new. */
  readonly carried: string;
  /** Whether all that it shows comes of one answer, and so of one snapshot. */
  readonly isOfOne: boolean;
  /** What it will say that it has; as `carried` if it was told nothing new. */
  readonly becomes: string;
}

/** What a poller holds when all is over, and what it should. */
export interface PollerAtEnd {
  readonly poller: string;
  readonly viewKey: string;
  readonly held: ReadonlyMap<string, string>;
  readonly wanted: ReadonlyMap<string, string>;
}

/** The history as far as it tells a story: without the calls that went well and the polls that changed nothing. */
export function printHistory(history: History): string {
  return history.flatMap((event) => lineOf(event) ?? []).join('\n');
}

function lineOf(event: HistoryEvent): string | undefined {
  const said = sentenceOf(event);
  return said && `${(event.at / 1000).toFixed(3).padStart(9)} s  ${said}`;
}

function sentenceOf(event: HistoryEvent): string | undefined {
  switch (event.what) {
    case 'record':
      return sentenceOfWrite(event);
    case 'asked': {
      const { id, objects, expectRevision } = event.request;
      const onto = expectRevision === undefined ? '' : ` onto revision ${expectRevision}`;
      return `${id}: asks for [${[...objects.keys()].join(' ')}]${onto}`;
    }
    case 'told':
      return `${event.id}: is told ${JSON.stringify(event.answer)}`;
    case 'polled':
      return event.status === 304 ? undefined : `${event.poller} ${event.channel}: ${event.status} of ${event.machine}`;
    case 'fault':
      return `${event.machine}: ${event.fault} at ${event.call}`;
    case 'stalled':
      return `${event.machine} stalls for ${event.forMs} ms`;
    case 'started':
    case 'died':
    case 'woke':
      return `${event.machine} ${event.what}`;
    case 'threw':
      return `${event.machine}: ${event.reason}`;
    case 'outage':
      return event.isOn ? 'the store goes away' : 'the store is back';
    case 'dead-letter':
      return `dead letter for ${event.viewKeys.map((key) => key.slice(0, 12)).join(' ')}`;
    case 'record-removed':
      return `${event.by} removes ${event.key.partition}/${event.key.id.slice(0, 12)}`;
    case 'calm':
      return 'from here on nothing fails';
    case 'blob':
    case 'blob-removed':
    case 'end':
      return undefined;
    default:
      return unreachable(event);
  }
}

const TOLD_PARTITIONS = ['config', 'heads', 'leases'];

function sentenceOfWrite({ by, key, record, guard }: RecordWritten): string | undefined {
  if (!TOLD_PARTITIONS.includes(key.partition)) return undefined;
  const { time: _time, acquireTime: _acquired, renewTime: _renewed, ...told } = record as Record<string, unknown>;
  const where = `${key.partition}/${key.id.slice(0, 12)}`;
  return `${by} writes ${where} ${shortened(JSON.stringify(told))}${guard ? ' under its lease' : ''}`;
}

const shortened = (text: string): string => text.replaceAll(/[0-9a-f]{64}/g, (hash) => hash.slice(0, 8));
