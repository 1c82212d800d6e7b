import type { ListenerSpec } from '../../resources/gateway-api/listener-spec.ts';

export type Conflict = 'ProtocolConflict' | 'HostnameConflict';

/** A listener with who has it. */
export interface OwnedListener {
  readonly owner: string;
  readonly spec: ListenerSpec;
}

/** By owner and name: those that cannot be served beside one that came before them. */
export type Conflicts = ReadonlyMap<string, Conflict>;

export const listenerId = (owner: string, name: string | undefined): string => `${owner} ${name ?? ''}`;

/** GA-7: listeners in the order in which they are to win. Only a listener that is served stands in the way of others. */
export function listenerConflicts(listeners: readonly OwnedListener[]): Conflicts {
  const winners: ListenerSpec[] = [];
  const conflicts = new Map<string, Conflict>();
  for (const { owner, spec } of listeners) {
    const first = winners.find((winner) => clash(winner, spec));
    if (first === undefined) winners.push(spec);
    else conflicts.set(listenerId(owner, spec.name), conflictOf(first, spec));
  }
  return conflicts;
}

const isConnection = ({ protocol }: ListenerSpec): boolean => protocol === 'TCP' || protocol === 'UDP';
const namesHosts = ({ protocol = '' }: ListenerSpec): boolean => ['HTTP', 'HTTPS', 'TLS'].includes(protocol);

function clash(a: ListenerSpec, b: ListenerSpec): boolean {
  if (a.port !== b.port) return false;
  if (namesHosts(a) && namesHosts(b)) return (a.hostname || '*') === (b.hostname || '*');
  const areBothKnown = (namesHosts(a) || isConnection(a)) && (namesHosts(b) || isConnection(b));
  return areBothKnown || a.protocol === b.protocol;
}

const conflictOf = (a: ListenerSpec, b: ListenerSpec): Conflict =>
  a.protocol !== b.protocol || isConnection(a) ? 'ProtocolConflict' : 'HostnameConflict';
