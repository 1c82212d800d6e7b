import type { StageMemory } from '../base/stage-memory.ts';

type Parts = Readonly<Record<string, object | undefined>>;

/** A narrow view of whatever members. */
interface NarrowView<Service extends object> {
  readonly services: readonly Service[];
  readonly scope: { readonly egress: readonly NarrowListener<Service>[] };
}

interface NarrowListener<Service extends object> {
  readonly services: readonly Service[];
  readonly routeTables: readonly object[];
}

/**
 * Everything that a narrow view holds, one by one, as what a result that is made of it depends on. Members are taken as they are
 * found, so that a new one cannot be forgotten.
 */
export function viewInputs<Service extends object>(view: NarrowView<Service>, memory: StageMemory): readonly object[] {
  const { services, scope, ...rest } = view;
  const { egress, ...settings } = scope;
  const listeners = egress.flatMap(({ services: imported, routeTables, ...place }) => {
    const isWhole = imported === services; // the very same list, which the inputs hold already
    return [memory.same({ ...place, isWhole }), ...routeTables, ...(isWhole ? [] : imported)];
  });
  return [...membersOf(rest), memory.same(settings), ...listeners, ...services];
}

const membersOf = (parts: object): readonly object[] =>
  Object.values(parts as Parts).map((member) => member ?? NOTHING);

/** Stands for a member that is not there. */
const NOTHING: Readonly<Record<string, never>> = {};
