import { InvalidArgumentError } from 'commander';

/** Reads a port from the command line; 0 lets the system pick one. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}
