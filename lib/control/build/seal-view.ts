import type { Noted } from '../../base/issue.ts';
import { remembered, type Remembered } from '../../base/remembered.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import { compile } from '../../compile/compile.ts';
import { ALL_XDS_TYPES } from '../../envoy/xds-types.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import type { BrokenReference, Referrer } from '../../snapshot/references.ts';
import type { SealedResource } from '../../snapshot/sealed-resource.ts';
import { perType, type Sealed, type SealedLists, sealTables } from '../../snapshot/snapshot.ts';
import { wholeCheck } from '../../snapshot/whole-check.ts';
import { tableOf, type SealedTable } from '../../snapshot/type-table.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import type { ProxyView, ViewKey } from '../../view/proxy-view.ts';
import type { PieceMemory } from './piece-memory.ts';
import { resourceSealer } from './resource-sealer.ts';
import { type ViewNotes, viewNotes } from './view-notes.ts';
import type { View, WorldAt } from './worlds.ts';
import { cacheToken } from './xds-cache.ts';

/** What one view is given at one world. Throws IncompleteSnapshot instead of letting a proxy wait for what never comes. */
export type SealView = (world: WorldToBuild, view: View) => SealedView;

export type WorldToBuild = Pick<WorldAt, 'world' | 'revision'>;

export interface SealedView {
  readonly sealed: Sealed;
  readonly notes: ViewNotes;
}

/** Views whose last snapshot is remembered, so that the next one is compared with it. */
const REMEMBERED_VIEWS = 2_000;

/** The line from a world to a sealed snapshot, where only what no build has made before is made (BLD-3). */
export function viewSealer(pieces: PieceMemory): SealView {
  const buildSealed = sealedBuild(pieces);
  const [check, referrersOf] = [wholeCheck(), referrers()];
  const tableFor = tableMemory();
  const last = leastRecentlyUsed<ViewKey, Sealed>({ max: REMEMBERED_VIEWS });
  const notesFor = viewNotes();
  return (world, { key, facts }) => {
    const { value: lists, issues, view, ir } = buildSealed(world, { key, facts });
    const notes = notesFor({ key, view, ir, issues });
    const before = last.get(key);
    if (before && ALL_XDS_TYPES.every((type) => before.resources[type] === lists[type]))
      return { sealed: before, notes };
    const broken = check(referrersOf(lists, ir.withheldSecrets), before?.resources);
    if (broken) throw new IncompleteSnapshot(broken);
    const sealed = sealTables(
      lists,
      perType((type) => tableFor(type, lists[type], before?.tables[type])),
    );
    last.set(key, sealed);
    return { sealed, notes };
  };
}

/**
 * The lists with what is withheld on purpose, as if it were there: to a poll for such a secret nothing is given, and the proxy goes on
 * (SDS-5).
 */
function referrers(): (
  lists: SealedLists,
  withheld: readonly string[],
) => Readonly<Record<XdsType, readonly Referrer[]>> {
  const known = remembered<Remembered<readonly Referrer[]>>();
  return (lists, withheld) => {
    if (withheld.length === 0) return lists;
    const named = withheld.map((name): Referrer => ({ type: 'secrets', name, references: [] }));
    const secrets = known(withheld, () => remembered())(lists.secrets, () => [...lists.secrets, ...named]);
    return { ...lists, secrets };
  };
}

/** The table of a list, made once for all views that have the list. */
function tableMemory(): typeof tableOf {
  const tables = perType(() => new WeakMap<readonly SealedResource[], SealedTable>());
  return (type, list, before) => {
    const table = tables[type].get(list) ?? tableOf(type, list, before);
    tables[type].set(list, table);
    return table;
  };
}

/** The stations on the way to sealed resources. */
interface SealedBuild extends Noted<SealedLists> {
  readonly view: ProxyView;
  readonly ir: ProxyIr;
}

/** The line from a world to sealed resources, without asking whether they are complete. */
export function sealedBuild(pieces: PieceMemory): (world: WorldToBuild, view: View) => SealedBuild {
  const sealLists = resourceSealer();
  return ({ world, revision }, { key, facts }) => {
    const memory = pieces.forBuild({ startedAt: cacheToken(revision) }, key);
    const view = buildProxyView(world, facts, memory);
    const ir = compile(view.value, memory);
    const issues = [...view.issues, ...ir.issues];
    return { value: sealLists(ir.value), issues, view: view.value, ir: ir.value };
  };
}

/** We built a snapshot that is not whole (SNAP-1); it is not published, and the view keeps the one before. */
class IncompleteSnapshot extends Error {
  readonly code = 'INCOMPLETE_SNAPSHOT';
  constructor({ from, to }: BrokenReference) {
    super(`${from.type}/${from.name} names ${to.type}/${to.name}, which the snapshot lacks`);
    this.name = 'IncompleteSnapshot';
  }
}
