import type { Commit, CommitRef } from '../../../lib/control/revisions/commit.ts';
import type { ApplyAsked, ApplyTold, History } from './history.ts';

/** One request, with the moments between which its revision must have come about. */
interface Asked {
  readonly request: ApplyAsked;
  readonly from: number;
  to: number;
  told: ApplyTold | undefined;
}

/** One move of the head. */
interface Move {
  readonly at: number;
  readonly revision: number;
  /** The request that made it, by the message that it carries. */
  readonly edit: string;
}

/**
 * Whether the head is one line of revisions in which every acknowledged request has its place: once, under the number that was
 * told, between the question and the answer, on the revision that it expected (STO-3 to STO-5).
 */
export function checkApplies(history: History): readonly string[] {
  const moves = movesOf(history);
  const asked = askedIn(history);
  const places = new Map<string, Move>();
  const wrong: string[] = [];
  for (const [index, move] of moves.entries()) {
    if (move.revision !== index + 1) wrong.push(`the head went from revision ${index} to ${move.revision}`);
    if (places.has(move.edit)) wrong.push(`${move.edit} was applied twice`);
    places.set(move.edit, move);
    if (!asked.has(move.edit)) wrong.push(`revision ${move.revision} is of nobody: ${move.edit}`);
  }
  for (const one of asked.values()) wrong.push(...checkOne(one, places.get(one.request.id), moves));
  return [...wrong, ...checkObjects(history, moves, asked)];
}

function checkOne({ request, from, to, told }: Asked, move: Move | undefined, moves: readonly Move[]): string[] {
  const { id, expectRevision } = request;
  const wrong: string[] = [];
  if (move && move.at < from) wrong.push(`${id} was applied before it was sent`);
  if (move && expectRevision !== undefined && move.revision !== expectRevision + 1)
    wrong.push(`${id} expected revision ${expectRevision} and became ${move.revision}`);
  if (told?.answer === 'acknowledged') {
    if (move?.revision !== told.revision)
      wrong.push(`${id} was acknowledged as revision ${told.revision}, and is ${move?.revision ?? 'lost'}`);
    else if (move.at > to) wrong.push(`${id} was acknowledged before it was applied`);
  }
  if (told?.answer === 'conflict') {
    if (expectRevision === undefined) wrong.push(`${id} expected nothing and met a conflict`);
    else if (move !== undefined) wrong.push(`${id} was told of a conflict, and is revision ${move.revision}`);
    else if (!wasOtherThan(expectRevision, { from, to }, moves))
      wrong.push(`${id} met a conflict, but the newest revision was ${expectRevision} all the time`);
  }
  if (told?.answer === 'wrong') wrong.push(`${id} was answered ${told.status}: ${told.body}`);
  return wrong;
}

function wasOtherThan(revision: number, { from, to }: Pick<Asked, 'from' | 'to'>, moves: readonly Move[]): boolean {
  const atFrom = moves.findLast(({ at }) => at <= from)?.revision ?? 0;
  return atFrom !== revision || moves.some(({ at }) => at > from && at <= to);
}

/** What is stored at the end is what the revisions say, one after the other. */
function checkObjects(history: History, moves: readonly Move[], asked: ReadonlyMap<string, Asked>): readonly string[] {
  const end = history.findLast(({ what }) => what === 'end');
  if (end?.what !== 'end') return [];
  const owned = new Map<string, ReadonlyMap<string, string>>();
  for (const { edit } of moves) {
    const request = asked.get(edit)?.request;
    if (request) owned.set(request.owner, request.objects);
  }
  const wanted = new Map([...owned.values()].flatMap((objects) => [...objects]));
  const print = (objects: ReadonlyMap<string, string>): string => JSON.stringify([...objects].sort());
  return print(wanted) === print(end.objects) ? [] : [`stored is ${print(end.objects)} for ${print(wanted)}`];
}

function askedIn(history: History): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const event of history) {
    if (event.what === 'asked')
      asked.set(event.request.id, { request: event.request, from: event.at, to: Infinity, told: undefined });
    if (event.what !== 'told') continue;
    const one = asked.get(event.id);
    if (one) Object.assign(one, { to: event.at, told: event.answer });
  }
  return asked;
}

function movesOf(history: History): readonly Move[] {
  const blobs = new Map(
    history.flatMap((event) => (event.what === 'blob' ? [[event.hash, event.bytes] as const] : [])),
  );
  return history.flatMap((event) => {
    if (event.what !== 'record' || event.key.partition !== 'config') return [];
    const { revision, commit } = event.record as CommitRef;
    const bytes = blobs.get(commit);
    const content = bytes && (JSON.parse(utf8.decode(bytes)) as Commit);
    return [{ at: event.at, revision, edit: content?.message ?? '' }];
  });
}

const utf8 = new TextDecoder();
