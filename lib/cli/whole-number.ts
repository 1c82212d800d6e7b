import { InvalidArgumentError } from 'commander';

/** Reads an option or argument that counts something, such as a revision. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('it is a whole number from 0.');
  return Number(text);
}
