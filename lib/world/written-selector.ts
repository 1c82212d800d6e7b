import type { LabelRequirement, LabelSelector } from '../base/label-selector.ts';
import type { Labels } from '../base/labels.ts';

/** Kubernetes' label selector as documents write it. */
export interface WrittenSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key?: string;
    readonly operator?: string;
    readonly values?: readonly string[];
  }[];
}

/** The requirements of a written selector; `undefined` where it is absent or nobody knows its operator, so that it never matches. */
export function readSelector(written: WrittenSelector | undefined): LabelSelector | undefined {
  if (written === undefined) return undefined;
  const pairs = Object.entries(written.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({
    operator: 'in',
    key,
    values: [value],
  }));
  const expressions = (written.matchExpressions ?? []).map(readExpression);
  const known = expressions.filter((expression) => expression !== undefined);
  return known.length < expressions.length ? undefined : [...pairs, ...known];
}

type WrittenExpression = NonNullable<WrittenSelector['matchExpressions']>[number];

const READERS: Readonly<Record<string, (key: string, values: readonly string[]) => LabelRequirement>> = {
  In: (key, values) => ({ operator: 'in', key, values }),
  NotIn: (key, values) => ({ operator: 'notin', key, values }),
  Exists: (key) => ({ operator: 'exists', key }),
  DoesNotExist: (key) => ({ operator: 'absent', key }),
};

const readExpression = ({ key = '', operator = '', values = [] }: WrittenExpression): LabelRequirement | undefined =>
  READERS[operator]?.(key, values);
