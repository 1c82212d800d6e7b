import { Command, CommanderError, Option } from 'commander';
import { verbs } from './verbs.ts';

/** Exit codes that scripts rely on. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** Runs one command line and ends the process when it failed; `argv` is without the program's own name. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = exitCodeOf(error);
  }
}

function program(): Command {
  const root = new Command('pilotless')
    .description('control plane for Envoys anywhere, in the configuration language of Istio')
    .addOption(new Option('--server <url>', 'the service').env('PILOTLESS_URL').default('http://127.0.0.1:8080'))
    .addOption(new Option('--token <token>', 'bearer token for the service').env('PILOTLESS_TOKEN'))
    .option('-n, --namespace <name>', 'namespace', 'default')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'yaml']).default('table'))
    .exitOverride();
  for (const verb of verbs) root.addCommand(verb().copyInheritedSettings(root));
  return root;
}

/** Commander ends with 1 for a usage that it does not understand; ours is 2. What a verb ends with itself stays. */
function exitCodeOf({ code, exitCode }: CommanderError): number {
  return exitCode !== 0 && code.startsWith('commander.') ? EXIT.usage : exitCode;
}

if (import.meta.main) await main(process.argv.slice(2));
