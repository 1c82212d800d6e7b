/** A node as it stands in a poll. */
export interface PolledNode {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Every text that stands anywhere under that member. */
export function textsIn(value: unknown, member: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (inside: unknown): void => {
    if (typeof inside !== 'object' || inside === null) return;
    for (const [key, below] of Object.entries(inside)) {
      if (key === member && typeof below === 'string') found.add(below);
      else visit(below);
    }
  };
  visit(value);
  return found;
}
