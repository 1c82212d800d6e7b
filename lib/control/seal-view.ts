import type { Issue, Noted } from '../base/issue.ts';
import { compile } from '../compile/compile.ts';
import { XDS_CLUSTER } from '../envoy/config-source.ts';
import { brokenReferences } from '../snapshot/references.ts';
import type { SealedResource } from '../snapshot/sealed-resource.ts';
import { seal, type Sealed } from '../snapshot/snapshot.ts';
import { buildProxyView } from '../view/build-proxy-view.ts';
import type { ViewFacts } from '../view/proxy-view.ts';
import type { PieceMemory } from './piece-memory.ts';
import { resourceSealer } from './resource-sealer.ts';
import type { WorldAt } from './worlds.ts';
import { cacheToken } from './xds-cache.ts';

/** What one view is given at one world. Throws IncompleteSnapshot instead of letting a proxy wait for what never comes. */
export type SealView = (world: Pick<WorldAt, 'world' | 'revision'>, facts: ViewFacts) => SealedView;

export interface SealedView {
  readonly sealed: Sealed;
  readonly issues: readonly Issue[];
}

export function viewSealer(pieces: PieceMemory): SealView {
  const buildSealed = sealedBuild(pieces);
  return (world, facts) => {
    const { value: resources, issues } = buildSealed(world, facts);
    const broken = brokenReferences(resources, [XDS_CLUSTER]).find(({ isSevere }) => isSevere);
    if (broken) {
      const { from, to } = broken;
      throw new IncompleteSnapshot(`${from.type}/${from.name} names ${to.type}/${to.name}, which the snapshot lacks`);
    }
    return { sealed: seal(resources), issues };
  };
}

/** The line from a world to sealed resources, where only what no build has made before is made (BLD-3). */
export function sealedBuild(
  pieces: PieceMemory,
): (world: Parameters<SealView>[0], facts: ViewFacts) => Noted<readonly SealedResource[]> {
  const sealedLists = resourceSealer();
  return ({ world, revision }, facts) => {
    const memory = pieces.forBuild({ startedAt: cacheToken(revision) });
    const view = buildProxyView(world, facts, memory);
    const ir = compile(view.value, memory);
    return { value: sealedLists(ir.value).flat(), issues: [...view.issues, ...ir.issues] };
  };
}

/** We built a snapshot that is not whole (SNAP-1); it is not published, and the view keeps the one before. */
class IncompleteSnapshot extends Error {
  readonly code = 'INCOMPLETE_SNAPSHOT';
  constructor(message: string) {
    super(message);
    this.name = 'IncompleteSnapshot';
  }
}
