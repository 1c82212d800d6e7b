/** Members of an object as JSON has it, before anyone knows what they are. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is an object of JSON: no list, and not null. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
