import type { Visibility } from '../model/visibility.ts';

/** Why a proxy of a namespace does not see something that is exported like this. */
export function exportedElsewhere(visibility: Visibility, namespace: string): string {
  const exported =
    visibility.to === 'namespaces' ? `only to ${visibility.namespaces.join(', ')}` : `to ${visibility.to}`;
  return `it is exported ${exported}, and this proxy is in namespace ${namespace}`;
}
