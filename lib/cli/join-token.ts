import { type Command } from 'commander';
import { parseDuration } from '../base/duration.ts';
import { accepted, apiClient } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf } from './global-options.ts';
import { printValue } from './print-value.ts';

interface JoinTokenOptions {
  readonly serviceAccount: string;
  readonly ttl: string;
}

/** `pilotless join-token`: the token alone on standard output, so that it can be handed on without being written down. */
export function joinTokenVerb(verb: Command): Command {
  return verb
    .requiredOption('--service-account <name>', 'as whom the workload is to run, in the namespace of -n')
    .option('--ttl <time>', 'how long the token is good: at most 168h', '1h')
    .action((_options: unknown, command: Command) => makeToken(command));
}

async function makeToken(command: Command): Promise<void> {
  const { serviceAccount, ttl, ...global } = optionsOf<JoinTokenOptions>(command);
  const time = parseDuration(ttl);
  if (time === undefined || time <= 0) throw new CliFailure('usage', `--ttl ${ttl} is no length of time such as 1h`);
  const body = JSON.stringify({ namespace: global.namespace, serviceAccount, ttl: time / 1000 });
  const answer = accepted(await apiClient(global).ask('/v1/join-tokens', { method: 'POST', body }));
  const { token = '' } = answer.body as { readonly token?: string };
  if (!printValue(answer.body, global.output)) process.stdout.write(`${token}\n`);
}
