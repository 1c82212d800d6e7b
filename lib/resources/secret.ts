import type { KindDefinition } from './kind-definition.ts';
import { checkSecret } from './secret-checks.ts';
import { secretBody } from './secret-spec.ts';

/** Kubernetes' Secret. What is stored of it is a `SealedSecret`; its body stands at the document's root. */
export const secret = {
  group: '',
  versions: ['v1'],
  plural: 'secrets',
  isNamespaced: true,
  body: 'root',
  reach: 'secrets',
  schema: secretBody,
  validate: checkSecret,
} satisfies KindDefinition<typeof secretBody>;
