import fc from 'fast-check';
import { keyOf, type Resource } from '../../lib/resources/resource.ts';
import { arbitraryDocuments } from './arbitrary-documents.ts';
import { arbitraryVirtualServices } from './arbitrary-routes.ts';
import { contestedSockets } from './arbitrary-sockets.ts';

/** One change of a set of documents: some are put, then some go, counted from the first. */
interface Edit {
  readonly put: readonly Resource[];
  readonly removed: readonly number[];
}

const documents = fc.oneof(arbitraryDocuments, arbitraryVirtualServices, contestedSockets);

const edit: fc.Arbitrary<Edit> = fc.record({
  put: fc.oneof(
    documents.map((all) => all.slice(0, 1)),
    documents,
  ),
  removed: fc.array(fc.nat(20), { maxLength: 2 }),
});

/** The sets of documents that a sequence of edits leads through, every supported kind among them. */
export const arbitraryRevisions: fc.Arbitrary<readonly (readonly Resource[])[]> = fc
  .array(edit, { minLength: 2, maxLength: 6 })
  .map((edits) => {
    const held = new Map<string, Resource>();
    return edits.map(({ put, removed }) => {
      for (const resource of put) held.set(keyOf(resource), resource);
      for (const index of removed) held.delete([...held.keys()][index] ?? '');
      return [...held.values()];
    });
  });
