import { type ContentHash, hashBytes } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { IdentityBinding } from '../../model/identity-binding.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import { type ViewSplit, viewFacts, viewKey } from '../../view/view-facts.ts';
import type { DecidingFact } from '../../world/deciding-facts.ts';
import type { SidecarChoice } from '../../world/sidecar-choices.ts';
import type { ServedPort } from '../../world/served-ports.ts';
import type { BlobReader } from '../revisions/blob-reader.ts';
import { lookUp } from '../revisions/read-trie.ts';
import { encodeJsonBlob, type TrieRoot } from '../revisions/trie-node.ts';
import type { View } from '../build/worlds.ts';

/**
 * What of one world decides which view a proxy has, stored apart from the world (docs/decisions/0010): whoever answers polls reads
 * this and no configuration. Equal worlds have equal roots.
 */
export interface ViewIndexRoot {
  /** Sorted. */
  readonly selectedLabels: readonly string[];
  /** Sorted. */
  readonly decidingFacts: readonly DecidingFact[];
  /** Of all namespaces; absent from an index that was written before there were Sidecars. */
  readonly sidecarChoices?: readonly SidecarChoice[];
  /** From a namespace and an address, see `servedKey`, to the service ports that are served there. */
  readonly servedPorts: TrieRoot;
  /** Who runs as which workload; absent from an index that was written before anybody was asked. */
  readonly identityBindings?: readonly IdentityBinding[];
}

/** An index under its name. */
export interface NamedIndexRoot {
  readonly hash: ContentHash;
  readonly content: ViewIndexRoot;
}

export function nameIndexRoot(content: ViewIndexRoot): NamedIndexRoot & { readonly bytes: Uint8Array } {
  const bytes = encodeJsonBlob(content);
  return { hash: hashBytes(bytes), content, bytes };
}

/** The key of an address in the trie; a namespace has no space. */
export const servedKey = (namespace: string, address: string): string => `${namespace} ${address}`;

/** Says which view a proxy has, and who may be which proxy. */
export interface ViewFinder {
  readonly identityBindings: readonly IdentityBinding[];
  /** Remembered by the hash of the node that told the facts. */
  viewOf(facts: ProxyFacts, nodeHash: ContentHash): Promise<View> | View;
}

const REMEMBERED_VIEWS = 20_000;

/** Finds views by an index; reads the parts of it that lie at the proxy's own addresses. */
export function indexedViews({ content }: NamedIndexRoot, reader: BlobReader): ViewFinder {
  const views = leastRecentlyUsed<ContentHash, View>({ max: REMEMBERED_VIEWS });
  const { sidecarChoices = [] } = content; // an index of before there were any
  const [selectedLabels, decidingFacts] = [new Set(content.selectedLabels), new Set(content.decidingFacts)];

  const splitFor = async ({ workloadNamespace, ips }: ProxyFacts): Promise<ViewSplit> => {
    const keys = ips.map((address) => servedKey(workloadNamespace, address));
    const found = await lookUp<readonly ServedPort[]>(reader, content.servedPorts, keys);
    const served = new Map(ips.map((address, index) => [address, found.get(keys[index] ?? '') ?? []]));
    return { selectedLabels, decidingFacts, sidecarChoices, servedPorts: new Map([[workloadNamespace, served]]) };
  };
  return {
    identityBindings: content.identityBindings ?? [],
    async viewOf(facts, nodeHash) {
      const known = views.get(nodeHash);
      if (known) return known;
      const relevant = viewFacts(await splitFor(facts), facts);
      const view = { key: viewKey(relevant), facts: relevant };
      views.set(nodeHash, view);
      return view;
    },
  };
}
