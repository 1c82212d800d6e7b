/** Resolved `exportTo` (G-3, SR-5): the mesh default and `.` are already replaced. */
export type Visibility =
  | { readonly to: 'everyone' }
  | { readonly to: 'nobody' }
  | { readonly to: 'namespaces'; readonly namespaces: readonly string[] };

/** Reads an `exportTo` list written in `namespace`; an empty list means the mesh's default, given as the third argument. */
export function resolveExportTo(
  exportTo: readonly string[] | undefined,
  namespace: string,
  meshDefault: readonly string[],
): Visibility {
  const values = exportTo === undefined || exportTo.length === 0 ? meshDefault : exportTo;
  if (values.includes('*')) return { to: 'everyone' };
  if (values.includes('~')) return { to: 'nobody' };
  const namespaces = [...new Set(values.map((value) => (value === '.' ? namespace : value)))].sort();
  return { to: 'namespaces', namespaces };
}

/** SR-7: whether a proxy of this namespace may see it. */
export function isVisibleTo(visibility: Visibility, namespace: string): boolean {
  return visibility.to === 'everyone' || (visibility.to === 'namespaces' && visibility.namespaces.includes(namespace));
}

/** SR-6: the order in which visible things are listed: private to the namespace, exported to it, public. */
export function visibilityRank(visibility: Visibility, owner: string, viewer: string): number {
  if (visibility.to === 'everyone') return 2;
  return owner === viewer ? 0 : 1;
}
