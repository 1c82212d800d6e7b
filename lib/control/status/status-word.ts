/** A condition as far as a column of a table looks at it. */
export interface ShownCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The first thing that keeps an object from being what its author wants, in one word; the conditions themselves say the rest. */
export function statusWord(conditions: readonly ShownCondition[] = []): string {
  const of = (wanted: string): ShownCondition | undefined => conditions.find(({ type }) => type === wanted);
  const [accepted, reconciled, programmed] = [of('Accepted'), of('Reconciled'), of('Programmed')];
  if (accepted === undefined || reconciled === undefined || programmed === undefined) return '-';
  const hasWarning = accepted.reason !== 'Accepted';
  if (accepted.status !== 'True' || hasWarning) return accepted.reason ?? accepted.status;
  const validity = of('Valid');
  if (validity !== undefined && validity.reason !== 'Valid') return validity.reason ?? validity.status;
  if (reconciled.status !== 'True') return reconciled.reason ?? reconciled.status;
  return programmed.status === 'False'
    ? (programmed.reason ?? 'Pending')
    : programmed.status === 'True'
      ? 'Programmed'
      : 'Accepted';
}

/** `2/3`: how many of the proxies that depend on it have it. */
export const proxiesWord = (conditions: readonly ShownCondition[] = []): string =>
  conditions.find(({ type }) => type === 'Programmed')?.message?.split(' ', 1)[0] ?? '-';
