import type { Resource } from './resource.ts';

/** One thing that is known of an object, as Kubernetes' tools read it. Further members that someone wrote are kept. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase. */
  readonly reason?: string;
  readonly message?: string;
  /** Of the object that it speaks about. */
  readonly observedGeneration?: number;
  /** When the status last became another one; RFC 3339. */
  readonly lastTransitionTime?: string;
}

/** The first condition of the type (ST-1); none in a status that is absent or has another shape. */
export function conditionOf({ status }: Pick<Resource, 'status'>, type: string): Condition | undefined {
  return conditionsIn(status).find((condition) => condition.type === type);
}

/** Whether the condition holds; the fallback where that is unknown or nothing is said (ST-2). */
export function hasCondition(resource: Pick<Resource, 'status'>, type: string, fallback: boolean): boolean {
  const status = conditionOf(resource, type)?.status;
  return status === 'True' || status === 'False' ? status === 'True' : fallback;
}

/** The object with the condition in the place of the first of its type, else behind all others (ST-3). */
export function withCondition<Stated extends Pick<Resource, 'status'>>(resource: Stated, condition: Condition): Stated {
  const conditions = conditionsIn(resource.status);
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const next = index < 0 ? [...conditions, condition] : conditions.with(index, condition);
  return { ...resource, status: { ...resource.status, conditions: next } };
}

/** The object without any condition of the type; the very same object when it has none (ST-4). */
export function withoutCondition<Stated extends Pick<Resource, 'status'>>(resource: Stated, type: string): Stated {
  const conditions = conditionsIn(resource.status);
  const kept = conditions.filter((condition) => condition.type !== type);
  return kept.length === conditions.length
    ? resource
    : { ...resource, status: { ...resource.status, conditions: kept } };
}

/** All conditions of a status, in order; none in one that is absent or has another shape. */
export function conditionsIn(status: Resource['status']): readonly Condition[] {
  const conditions = status?.['conditions'];
  return Array.isArray(conditions) ? conditions.filter(isCondition) : [];
}

function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
