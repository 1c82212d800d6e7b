import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import type { FindingLog } from '../finding.ts';
import type { KindDefinition, Subject } from '../kind-definition.ts';
import { checkListeners } from './listener-checks.ts';
import { listener } from './listener-spec.ts';
import { checkReference } from './name-checks.ts';
import { objectReference } from './named-shapes.ts';

const listenerSetSpec = z
  .strictObject({
    parentRef: objectReference.exactOptional().describe('The Gateway that the listeners are added to.'),
    listeners: z.array(listener).exactOptional().describe('The listeners that are added.'),
  })
  .describe('Listeners that are added to a Gateway, for instance by the team whose hosts they serve.');

export type ListenerSetSpec = Immutable<z.infer<typeof listenerSetSpec>>;

/** ListenerSet: listeners for the Gateway of somebody else, who has to allow it. */
export const listenerSet = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1'],
  plural: 'listenersets',
  isNamespaced: true,
  body: 'spec',
  reach: 'gateway',
  schema: listenerSetSpec,
  validate: checkListenerSet,
} satisfies KindDefinition<typeof listenerSetSpec>;

function checkListenerSet({ spec }: Subject<ListenerSetSpec>, log: FindingLog): void {
  const at = log.at('spec');
  if (spec.parentRef) checkReference(at.at('parentRef'), spec.parentRef, { hasDefaults: true });
  else at.at('parentRef').error('REQUIRED', 'must be set');
  checkListeners(at.at('listeners'), spec.listeners);
}
