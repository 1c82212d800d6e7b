import type { ResourceKey } from '../resources/resource.ts';

/** Where somebody wrote a rule: the document, and the place in it: `spec.http[0]`, `spec.rules[2]`. */
export interface RuleOrigin {
  readonly resource: ResourceKey;
  readonly path: string;
}
