import { matchesSelector } from '../base/label-selector.ts';
import type { Labels } from '../base/labels.ts';
import type { VisibilityCap, VisibilityCaps } from '../model/mesh-settings.ts';
import type { Resource } from '../resources/resource.ts';
import { isVisibleTo, type Visibility } from '../model/visibility.ts';

/** SR-8: what mesh policies leave of a ServiceEntry's visibility; they only ever narrow it. */
export function capVisibility(
  visibility: Visibility,
  { name: namespace, labels }: LabelledNamespace,
  caps: VisibilityCaps | undefined,
): Visibility {
  switch (caps === undefined ? 'public' : capFor(labels, caps)) {
    case 'public':
      return visibility;
    case 'namespace':
      return isVisibleTo(visibility, namespace) ? { to: 'namespaces', namespaces: [namespace] } : { to: 'nobody' };
    case 'nobody':
      return { to: 'nobody' };
  }
}

function capFor(labels: Labels, { fallback, policies }: VisibilityCaps): VisibilityCap {
  const policy = policies.find(({ selectors }) =>
    selectors.every((selector) => selector !== undefined && matchesSelector(selector, labels)),
  );
  return policy?.cap ?? fallback;
}

interface LabelledNamespace {
  readonly name: string;
  readonly labels: Labels;
}

/** With the labels that it is written down with, and the one by which Kubernetes gives every namespace its name. */
export const labelledNamespace = (name: string, written: Resource<'Namespace'> | undefined): LabelledNamespace => ({
  name,
  labels: { ...written?.metadata.labels, 'kubernetes.io/metadata.name': name },
});
