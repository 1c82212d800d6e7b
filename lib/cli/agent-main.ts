import { Command, Option } from 'commander';
import { agentVerb } from './agent.ts';
import { exitCodeOf } from './cli-failure.ts';

/** The verb `agent` alone, as one file that needs nothing beside it but Node: `node agent.mjs identity …`. */
async function main(argv: readonly string[]): Promise<void> {
  const program = agentVerb(new Command('pilotless-agent'))
    .addOption(new Option('--server <url>', 'the service').env('PILOTLESS_URL').default('http://127.0.0.1:8080'))
    .exitOverride();
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

await main(process.argv.slice(2));
