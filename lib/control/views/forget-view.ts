import type { ServedHeads } from '../build/served-heads.ts';
import type { RegisteredView, ViewRegistry } from './view-registry.ts';

export interface ForgetPorts {
  readonly heads: Pick<ServedHeads, 'lookNow' | 'remove'>;
  readonly registry: Pick<ViewRegistry, 'forget'>;
}

/**
 * Takes a view away that nobody polls: its head first, then its registration, so that what is left half way is a view that is
 * built again when it is polled. False when someone polled or built it meanwhile: then it stays.
 */
export async function forgetView({ heads, registry }: ForgetPorts, view: RegisteredView): Promise<boolean> {
  const head = await heads.lookNow(view.key);
  if (head && !(await heads.remove(head))) return false;
  return registry.forget(view);
}
