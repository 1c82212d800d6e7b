/** Ends every exhaustive `switch`: the compiler refuses a call whose argument can still be something. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
