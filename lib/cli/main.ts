import { Command, Option } from 'commander';
import { exitCodeOf } from './cli-failure.ts';
import { ownVersion } from './own-version.ts';
import { type Verb, verbs } from './verbs.ts';

/** Runs one command line (without the program's own name) and sets the exit code: 0 done, 1 refused, 2 usage, 3 not reached. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = programOf();
  try {
    await program.parseAsync(withoutHelpVerb(argv), { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function programOf(): Command {
  const program = new Command('pilotless')
    .description('serverless control plane for Envoy, with the configuration language of Istio')
    .addOption(new Option('--server <url>', 'the service').env('PILOTLESS_URL').default('http://127.0.0.1:8080'))
    .addOption(new Option('--token <token>', 'what proves who you are').env('PILOTLESS_TOKEN'))
    .option('-n, --namespace <name>', 'namespace of what does not say one', 'default')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'yaml']).default('table'))
    .version(ownVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(pilotless --help lists the verbs)');
  const rows = new Map<Command, Verb>();
  for (const row of verbs) rows.set(program.command(row.name).description(row.description), row);
  return program.hook('preSubcommand', async (_program, verb) => {
    const define = await rows.get(verb)?.load();
    define?.(verb);
  });
}

/** `help VERB` as `VERB --help`: the one way to a verb on which commander would not wait for its options. */
function withoutHelpVerb(argv: readonly string[]): readonly string[] {
  const [first, verb] = argv;
  return first === 'help' && verbs.some(({ name }) => name === verb) ? [`${verb}`, '--help'] : argv;
}

if (import.meta.main) await main(process.argv.slice(2));
