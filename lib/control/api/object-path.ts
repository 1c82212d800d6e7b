import { kindAt, type KindNames } from '../config/kind-names.ts';

/** What a path under `/api` or `/apis` names. */
export interface ObjectPath {
  readonly names: KindNames;
  readonly apiVersion: string;
  /** Absent for a whole kind, over all namespaces; empty for kinds that have none. */
  readonly namespace?: string;
  readonly name?: string;
  readonly isStatus: boolean;
}

/**
 * Reads `/apis/<group>/<version>/[namespaces/<namespace>/]<plural>[/<name>[/status]]`, and the same with `/api/v1` for the core
 * group; `undefined` when there is no such kind or the path is none of these (CS-1).
 */
export function parseObjectPath(pathname: string): ObjectPath | undefined {
  const segments = decodedSegments(pathname);
  if (!segments) return undefined;
  const [root, ...rest] = segments;
  const [group, version, ...below] = root === 'api' ? ['', ...rest] : rest;
  if (group === undefined || version === undefined || below.length === 0) return undefined;
  const isInNamespace = below[0] === 'namespaces' && below.length >= 3;
  const namespace = isInNamespace ? below[1] : undefined;
  const [plural = '', name, subresource, ...more] = isInNamespace ? below.slice(2) : below;
  const names = kindAt(group, version, plural);
  if (!names || more.length > 0 || (subresource !== undefined && subresource !== 'status')) return undefined;
  if (names.isNamespaced ? name !== undefined && namespace === undefined : namespace !== undefined) return undefined;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    names,
    apiVersion,
    ...(names.isNamespaced ? namespace !== undefined && { namespace } : { namespace: '' }),
    ...(name !== undefined && { name }),
    isStatus: subresource === 'status',
  };
}

function decodedSegments(pathname: string): readonly string[] | undefined {
  const segments = pathname.split('/').slice(1);
  try {
    const decoded = segments.map((segment) => decodeURIComponent(segment));
    return decoded.every((segment) => segment !== '' && !segment.includes('/')) ? decoded : undefined;
  } catch {
    // A percent sign that is no escape: such a path names nothing.
    return undefined;
  }
}
