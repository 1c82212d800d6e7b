import type { Command } from 'commander';
import { CliFailure } from './cli-failure.ts';
import { optionsOf } from './global-options.ts';
import { printValue } from './print-value.ts';

interface KubeconfigOptions {
  readonly context: string;
}

/** `pilotless kubeconfig`: prints what kubectl needs in order to work on the server as on a cluster. */
export function kubeconfigVerb(verb: Command): Command {
  return verb
    .option('--context <name>', 'what kubectl calls the server', 'pilotless')
    .action((_options: unknown, command: Command) => printKubeconfig(command));
}

function printKubeconfig(command: Command): void {
  const { server, token, namespace, output, context: name } = optionsOf<KubeconfigOptions>(command);
  if (!URL.canParse(server)) throw new CliFailure('usage', `--server ${server} is no URL`);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  };
  printValue(kubeconfig, output === 'json' ? 'json' : 'yaml');
}
