import type { Kind } from '../../resources/kinds.ts';
import type { Access } from './access.ts';
import { type Caller, callerName } from './caller.ts';
import { isMeant } from './match-caller.ts';

/** Namespaces, or all of them with what belongs to none. */
export type Reach = 'everything' | ReadonlySet<string>;

/** What somebody may do with the API. */
export interface Rights {
  /** Whether objects, proxies and their status may be looked at; values of Secrets are masked for everyone. */
  readonly isReader: boolean;
  readonly edits: Reach;
  /** Where it may write Secrets, and what decides who gets them. */
  readonly editsSecrets: Reach;
  /** Of whose proxies somebody who is no reader may look at what they were given (PS-6): a workload, at those of its namespace. */
  readonly dumpsOf: ReadonlySet<string>;
}

/** Who does something, as the log and the history name it, from where, and what it may do. */
export interface Actor {
  readonly name: string;
  /** The address of its connection; empty where nobody knows it. */
  readonly from: string;
  readonly rights: Rights;
}

const ALL: Rights = { isReader: true, edits: 'everything', editsSecrets: 'everything', dumpsOf: new Set() };

/** Whoever asks where nobody has to prove anything. */
export const anybody = (from: string): Actor => ({ name: 'anonymous', from, rights: ALL });

/** A part of the service that acts by itself, such as the inbox of the bucket. */
export const serviceActor = (name: string, from: string): Actor => ({ name, from, rights: ALL });

export function actorOf({ roles }: Pick<Access, 'roles'>, caller: Caller, from: string): Actor {
  const granted = roles.filter(({ match }) => isMeant(match, caller));
  const isAdmin = granted.some(({ role }) => role === 'admin');
  const named = (only: typeof granted): Reach => new Set(only.flatMap(({ namespaces }) => namespaces));
  return {
    name: callerName(caller),
    from,
    rights: {
      isReader: granted.length > 0,
      edits: isAdmin ? 'everything' : named(granted),
      editsSecrets: isAdmin ? 'everything' : named(granted.filter(({ mayWriteSecrets }) => mayWriteSecrets)),
      dumpsOf: new Set(caller.workload ? [caller.workload.namespace] : []),
    },
  };
}

/** What leads to the values of Secrets: whoever binds himself to a workload, or grants a workload, could read what he may not write. */
const SECRET_KINDS: ReadonlySet<Kind> = new Set<Kind>(['Secret', 'SecretGrant', 'WorkloadIdentityBinding']);

/** An object, or all of a namespace, as far as rights look at it; objects that belong to no namespace have an empty one. */
export interface WriteTarget {
  readonly kind: Kind;
  readonly namespace: string;
}

/** Says why an object may not be written; `undefined` when it may. */
export type RefuseWrite = (target: WriteTarget) => string | undefined;

/** Who writes, and what the store asks before it writes anything for them. */
export interface Author {
  readonly writer: string;
  readonly from: string;
  readonly refuseWrite: RefuseWrite;
}

export function authorOf({ name, from, rights }: Actor): Author {
  return { writer: name, from, refuseWrite: (target) => writeRefusal(rights, name, target) };
}

function writeRefusal({ edits, editsSecrets }: Rights, name: string, { kind, namespace }: WriteTarget) {
  const where = namespace === '' ? 'outside of namespaces' : `in the namespace ${namespace}`;
  if (!includes(edits, namespace)) return `${name} may not write ${where}`;
  if (!SECRET_KINDS.has(kind) || includes(editsSecrets, namespace)) return undefined;
  return `${name} may not write a ${kind} ${where}: that needs the permission for Secrets`;
}

const includes = (reach: Reach, namespace: string): boolean =>
  reach === 'everything' || (namespace !== '' && reach.has(namespace));
