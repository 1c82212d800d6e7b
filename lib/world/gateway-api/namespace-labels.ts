import { matchesSelector, type LabelRequirement } from '../../base/label-selector.ts';
import type { Labels } from '../../base/labels.ts';
import type { NamespaceSelector } from '../../resources/gateway-api/selector-checks.ts';
import type { Resource } from '../../resources/resource.ts';

/** The labels of every namespace, in order of the names, with the one that Kubernetes gives each of them. */
export type NamespaceLabels = ReadonlyMap<string, Labels>;

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Those that are written down, and those that are there because something is in them. */
export function namespaceLabels(written: readonly Resource<'Namespace'>[], used: Iterable<string>): NamespaceLabels {
  const labels = new Map(written.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const names = [...new Set([...labels.keys(), ...used])].sort();
  return new Map(names.map((name) => [name, { ...labels.get(name), [NAME_LABEL]: name }]));
}

/** Whether a selector of the Gateway API picks these labels; one that means nothing picks nothing. */
export function picks({ matchLabels = {}, matchExpressions = [] }: NamespaceSelector, labels: Labels): boolean {
  const requirements = matchExpressions.map(({ key = '', operator = '', values = [] }) =>
    requirementOf(key, operator, values),
  );
  const equal = Object.entries(matchLabels).map(([key, value]): LabelRequirement => ({
    ...{ operator: 'in', key, values: [value] },
  }));
  const all = requirements.flatMap((each) => each ?? []);
  return all.length === requirements.length && matchesSelector([...equal, ...all], labels);
}

function requirementOf(key: string, operator: string, values: readonly string[]): LabelRequirement | undefined {
  switch (operator) {
    case 'In':
      return { operator: 'in', key, values };
    case 'NotIn':
      return { operator: 'notin', key, values };
    case 'Exists':
      return { operator: 'exists', key };
    case 'DoesNotExist':
      return { operator: 'absent', key };
    default:
      return undefined;
  }
}
