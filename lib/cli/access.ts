import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { hashBytes } from '../base/hashing.ts';
import { CliFailure } from './cli-failure.ts';
import { loadAccess } from './load-access.ts';

interface AccessOptions {
  readonly newToken?: string;
}

/** `pilotless access`: checks an access file and prints the form that functions take, or makes a token for one. */
export function accessVerb(verb: Command): Command {
  return verb
    .argument('[file]', 'the access file, YAML or JSON')
    .option('--new-token <name>', 'make a token of this name, with the entry for the file')
    .action((file: string | undefined, options: AccessOptions) => access(file, options));
}

async function access(file: string | undefined, { newToken }: AccessOptions): Promise<void> {
  if (newToken !== undefined) return makeToken(newToken);
  if (file === undefined) throw new CliFailure('usage', 'name the access file, or --new-token NAME');
  process.stdout.write(`${JSON.stringify(await loadAccess(file))}\n`);
}

/** The token is shown this once: the file has its hash alone. */
function makeToken(name: string): void {
  const token = randomBytes(32).toString('base64url');
  process.stderr.write(`The token, which is written down nowhere else:\n`);
  process.stdout.write(`${token}\n`);
  process.stderr.write(
    `\nIts entry in the access file:\n\ntokens:\n  - name: ${name}\n    sha256: ${hashBytes(token)}\n`,
  );
}
