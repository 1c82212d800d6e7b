/** What the age order looks at. */
export interface Aged {
  /** RFC 3339 in UTC; empty when the document carries none. */
  readonly createdAt: string;
  readonly name: string;
  readonly namespace: string;
}

/** G-2: oldest first, then by name, then by namespace; what carries no time is older than all that does. Independent of upload order. */
export function oldestFirst(a: Aged, b: Aged): number {
  return order(a.createdAt, b.createdAt) || order(a.name, b.name) || order(a.namespace, b.namespace);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
