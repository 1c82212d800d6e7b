import { matchesSelector } from '../base/label-selector.ts';
import type { Labels } from '../base/labels.ts';
import type { VisibilityCap, VisibilityCaps } from '../model/mesh-settings.ts';
import { isVisibleTo, type Visibility } from '../model/visibility.ts';

/** SR-8: what mesh policies leave of a ServiceEntry's visibility; they only ever narrow it. */
export function capVisibility(visibility: Visibility, namespace: string, caps: VisibilityCaps | undefined): Visibility {
  switch (caps === undefined ? 'public' : capFor(namespace, caps)) {
    case 'public':
      return visibility;
    case 'namespace':
      return isVisibleTo(visibility, namespace) ? { to: 'namespaces', namespaces: [namespace] } : { to: 'nobody' };
    case 'nobody':
      return { to: 'nobody' };
  }
}

function capFor(namespace: string, { fallback, policies }: VisibilityCaps): VisibilityCap {
  const labels = labelsOfNamespace(namespace);
  const policy = policies.find(({ selectors }) =>
    selectors.every((selector) => selector !== undefined && matchesSelector(selector, labels)),
  );
  return policy?.cap ?? fallback;
}

/** A namespace is a name here and has no labels but the one by which Kubernetes gives every namespace its name. */
const labelsOfNamespace = (namespace: string): Labels => ({ 'kubernetes.io/metadata.name': namespace });
