import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { isDnsLabel } from './name-problems.ts';

const namespaceSpec = z
  .strictObject({
    finalizers: z.array(z.string()).exactOptional().describe('Without meaning outside of a cluster.'),
  })
  .describe('A namespace. One exists as soon as something is in it; written down it keeps labels and annotations.');

export type NamespaceSpec = Immutable<z.infer<typeof namespaceSpec>>;

/** Kubernetes' Namespace. Nothing has to be written down for one to be used. */
export const namespace = {
  group: '',
  versions: ['v1'],
  plural: 'namespaces',
  isNamespaced: false,
  body: 'spec',
  reach: 'services',
  schema: namespaceSpec,
  validate: checkNamespace,
} satisfies KindDefinition<typeof namespaceSpec>;

function checkNamespace({ metadata: { name } }: Subject<NamespaceSpec>, log: FindingLog): void {
  if (name === '' || isDnsLabel(name)) return;
  const message = 'the name of a namespace has letters, digits and dashes, at most 63 of them';
  log.at('metadata.name').error('INVALID_METADATA', message);
}
