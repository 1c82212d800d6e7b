import { hashOf } from '../../base/hashing.ts';
import { isMembers, type Members } from '../../base/members.ts';

/**
 * Which fields one manager said in its last server-side apply, in Kubernetes' form: `{"f:spec":{"f:hosts":{}}}`. Lists and
 * single values are owned whole.
 * Source: Kubernetes documentation, "Server-Side Apply".
 */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply';
  readonly apiVersion: string;
  /** RFC 3339: when the fields changed last. Absent until the store knows it. */
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: OwnedFields;
}

/** A field without members below it is owned whole. */
export interface OwnedFields {
  readonly [field: string]: OwnedFields;
}

export interface FieldConflict {
  readonly manager: string;
  /** `.spec.hosts` */
  readonly field: string;
}

export interface ServerSideApply {
  readonly manager: string;
  /** Whether fields of others are taken over. */
  readonly isForced: boolean;
  readonly change: unknown;
}

export type AppliedDocument =
  | { readonly ok: true; readonly document: Members; readonly owners: readonly FieldOwner[] }
  | { readonly ok: false; readonly conflicts: readonly FieldConflict[] };

/**
 * Lays a document over the stored one: fields that this manager said before and says no more go, unless another manager says
 * them too; a field that another manager has with another value is a conflict.
 */
export function applyFields(
  stored: Members,
  owners: readonly FieldOwner[],
  { manager, isForced, change }: ServerSideApply,
): AppliedDocument {
  const wanted = ownedIn(change);
  const [mine] = owners.filter((owner) => owner.manager === manager);
  const others = owners.filter((owner) => owner.manager !== manager);
  const left = withoutFields(stored, mine?.fieldsV1 ?? {}, { kept: [wanted, ...others.map((each) => each.fieldsV1)] });
  const document = overlaid(left, change) as Members;
  const conflicts = others.flatMap((other) =>
    changedFields(wanted, other.fieldsV1, { before: stored, after: document }).map((path) => ({
      manager: other.manager,
      field: path.map((name) => `.${name}`).join(''),
    })),
  );
  if (conflicts.length > 0 && !isForced) return { ok: false, conflicts };
  const own: FieldOwner = {
    ...{ manager, operation: 'Apply', apiVersion: String((change as Members)['apiVersion']), fieldsType: 'FieldsV1' },
    ...(mine?.time !== undefined && hashOf(mine.fieldsV1) === hashOf(wanted) && { time: mine.time }),
    fieldsV1: wanted,
  };
  const nowOwners = [...stillOwned(others, stored, document), own];
  return { ok: true, document, owners: nowOwners.sort((a, b) => (a.manager < b.manager ? -1 : 1)) };
}

/** What managers own after a write that was no apply of theirs: whatever it did not change. */
export function stillOwned(owners: readonly FieldOwner[], before: Members, after: Members): readonly FieldOwner[] {
  return owners.flatMap((owner) => {
    const changed = changedFields(owner.fieldsV1, owner.fieldsV1, { before, after });
    if (changed.length === 0) return [owner];
    const { time: _, ...rest } = owner;
    const fieldsV1 = changed.reduce<OwnedFields>(withoutPath, owner.fieldsV1);
    return Object.keys(fieldsV1).length === 0 ? [] : [{ ...rest, fieldsV1 }];
  });
}

/** What a document says beside who it is; its status is not its author's. */
function ownedIn(document: unknown): OwnedFields {
  const { apiVersion: _, kind: _kind, status: _status, metadata, ...body } = members(document);
  const { labels, annotations } = members(metadata);
  const told = { ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) };
  return fieldsIn({ ...(Object.keys(told).length > 0 && { metadata: told }), ...body });
}

const fieldsIn = (value: Members): OwnedFields =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [`f:${name}`, isMembers(each) ? fieldsIn(each) : {}]));

const isWhole = (fields: OwnedFields): boolean => Object.keys(fields).length === 0;

/** Takes the fields out that nobody keeps, and objects that are empty after that. */
function withoutFields(
  value: Members,
  fields: OwnedFields,
  { kept }: { readonly kept: readonly OwnedFields[] },
): Members {
  const result = new Map(Object.entries(value));
  for (const [field, below] of Object.entries(fields)) {
    const name = field.slice(2);
    const keepers = kept.flatMap((each) => each[field] ?? []);
    const inside = result.get(name);
    if (isWhole(below) && keepers.length === 0) result.delete(name);
    else if (isMembers(inside)) {
      const rest = withoutFields(inside, below, { kept: keepers });
      if (keepers.length === 0 && Object.keys(rest).length === 0) result.delete(name);
      else result.set(name, rest);
    }
  }
  return Object.fromEntries(result);
}

interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

/** Paths that both name, whole on one side at least, and whose value the change changes. */
function changedFields(one: OwnedFields, other: OwnedFields, change: Change): readonly (readonly string[])[] {
  return Object.entries(one).flatMap(([field, below]) => {
    const otherBelow = other[field];
    if (otherBelow === undefined) return [];
    const name = field.slice(2);
    const inside = { before: members(change.before)[name], after: members(change.after)[name] };
    if (!isWhole(below) && !isWhole(otherBelow)) {
      return changedFields(below, otherBelow, inside).map((path) => [name, ...path]);
    }
    return hashOf(inside.before ?? null) === hashOf(inside.after ?? null) ? [] : [[name]];
  });
}

function withoutPath(fields: OwnedFields, [name = '', ...rest]: readonly string[]): OwnedFields {
  const { [`f:${name}`]: below, ...others } = fields;
  if (below === undefined || rest.length === 0) return others;
  const left = withoutPath(below, rest);
  return isWhole(left) ? others : { ...fields, [`f:${name}`]: left };
}

/** Objects are merged, null takes a member away, everything else is replaced. */
export function overlaid(target: unknown, change: unknown): unknown {
  if (!isMembers(change)) return change;
  const result = new Map(Object.entries(members(target)));
  for (const [member, value] of Object.entries(change)) {
    if (value === null) result.delete(member);
    else result.set(member, overlaid(result.get(member), value));
  }
  return Object.fromEntries(result);
}

const members = (value: unknown): Members => (isMembers(value) ? value : {});
