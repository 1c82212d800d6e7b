/** Exit codes that scripts rely on. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** A verb cannot do what it was asked; `message` says why in one line, or is empty when all was said already. */
export class CliFailure extends Error {
  readonly code = 'CLI_FAILURE';
  readonly kind: Exclude<keyof typeof exitCodes, 'done'>;
  constructor(kind: CliFailure['kind'], message = '', cause?: unknown) {
    super(message, { cause });
    this.name = 'CliFailure';
    this.kind = kind;
  }
}
