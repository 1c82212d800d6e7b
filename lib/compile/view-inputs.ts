type Parts = Readonly<Record<string, object | undefined>>;

/** A narrow view of whatever members. */
interface NarrowView<Service extends object> {
  readonly services: readonly Service[];
  readonly routeTables: readonly object[];
}

/**
 * Everything that a narrow view holds, one by one, as what a result that is made of it depends on. Members are taken as they are
 * found, so that a new one cannot be forgotten.
 */
export function viewInputs<Service extends object>(view: NarrowView<Service>): readonly object[] {
  const { services, routeTables, ...rest } = view;
  return [...membersOf(rest), ...routeTables, ...services];
}

const membersOf = (parts: object): readonly object[] =>
  Object.values(parts as Parts).map((member) => member ?? NOTHING);

/** Stands for a member that is not there. */
const NOTHING: Readonly<Record<string, never>> = {};
