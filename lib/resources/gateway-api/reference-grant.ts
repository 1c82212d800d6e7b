import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import type { FindingLog } from '../finding.ts';
import type { KindDefinition, Subject } from '../kind-definition.ts';
import { checkCount, checkGroup, checkKindWord, checkNamespaceName, checkRequired } from './name-checks.ts';

const referenceGrantSpec = z
  .strictObject({
    from: z
      .array(
        z.strictObject({
          group: z.string().exactOptional().describe('API group of the objects that may refer.'),
          kind: z.string().exactOptional().describe('Their kind, such as HTTPRoute or Gateway.'),
          namespace: z.string().exactOptional().describe('Their namespace.'),
        }),
      )
      .exactOptional()
      .describe('Who may refer to objects of this namespace.'),
    to: z
      .array(
        z.strictObject({
          group: z.string().exactOptional().describe('API group of what may be referred to; empty for the core group.'),
          kind: z.string().exactOptional().describe('Its kind, such as Service or Secret.'),
          name: z.string().exactOptional().describe('Its name; all of the kind unless it is said.'),
        }),
      )
      .exactOptional()
      .describe('What they may refer to.'),
  })
  .describe('Lets objects of other namespaces refer to objects of this one.');

export type ReferenceGrantSpec = Immutable<z.infer<typeof referenceGrantSpec>>;

/** ReferenceGrant: whoever owns what is referred to says who may do so. */
export const referenceGrant = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1', 'v1alpha2'],
  plural: 'referencegrants',
  isNamespaced: true,
  body: 'spec',
  reach: 'gateway',
  schema: referenceGrantSpec,
  validate: checkReferenceGrant,
} satisfies KindDefinition<typeof referenceGrantSpec>;

function checkReferenceGrant({ spec }: Subject<ReferenceGrantSpec>, log: FindingLog): void {
  const at = log.at('spec');
  checkCount(at.at('from'), spec.from, { least: 1, most: 16 });
  spec.from?.forEach(({ group, kind, namespace }, index) => {
    const each = at.at(`from[${index}]`);
    checkGroup(each.at('group'), group, false);
    checkKindWord(each.at('kind'), kind, false);
    if (namespace === undefined) each.at('namespace').error('REQUIRED', 'must be set');
    else checkNamespaceName(each.at('namespace'), namespace);
  });
  checkCount(at.at('to'), spec.to, { least: 1, most: 16 });
  spec.to?.forEach(({ group, kind, name }, index) => {
    const each = at.at(`to[${index}]`);
    checkGroup(each.at('group'), group, false);
    checkKindWord(each.at('kind'), kind, false);
    if (name !== undefined) checkRequired(each.at('name'), name);
  });
}
