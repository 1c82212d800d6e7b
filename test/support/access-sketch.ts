import { unreachable } from '../../lib/base/unreachable.ts';
import type { AccessRulesIr, PermissionIr, PrincipalIr } from '../../lib/ir/access.ts';

/** A condition in one line. */
function sketch(of: PermissionIr | PrincipalIr): string {
  switch (of.type) {
    case 'anything':
      return 'any';
    case 'all':
      return of.of.map(sketch).join(' & ');
    case 'any':
      return `(${of.of.map(sketch).join(' | ')})`;
    case 'not':
      return `!${sketch(of.of)}`;
    case 'header':
      return `${of.name}${of.ignoresCase ? '~' : ''} ${of.match === undefined ? 'there' : `${of.match.type} ${of.match.value}`}`;
    case 'metadata':
      return `${of.path.join('.')} ${JSON.stringify(of.value).replaceAll('"', '')}`;
    case 'path-template':
      return `template ${of.template}`;
    case 'destination-port':
      return `port ${of.port}`;
    case 'path':
    case 'server-name':
    case 'identity':
      return `${of.type} ${of.match.type} ${of.match.value}`;
    case 'client-address':
    case 'connection-address':
    case 'destination-address':
      return `${of.type} ${of.range.address}/${of.range.bits}`;
    default:
      return unreachable(of);
  }
}

/** Policies, one in a line each, without the namespace. */
export const policiesOf = (rules: AccessRulesIr | undefined): readonly string[] =>
  (rules?.policies ?? []).map(
    ({ name, permissions, principals }) =>
      `${name.replace(/^.*policy/, '')}: ${principals.map(sketch).join(' || ')} -> ${permissions.map(sketch).join(' || ')}`,
  );
