import type { Command } from 'commander';
import { accepted, apiClient } from './api-client.ts';
import { optionsOf } from './global-options.ts';
import { printValue } from './print-value.ts';

interface ConfigDumpOptions {
  readonly types?: string;
}

/** `pilotless config-dump ID`: what a proxy is given, in the shape of Envoy's own dump. */
export function configDumpVerb(verb: Command): Command {
  return verb
    .argument('<id>', 'the proxy, by its node id or as name.namespace')
    .option('--types <types>', 'only these: cds,eds,lds,rds,sds,ecds')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = optionsOf<ConfigDumpOptions>(command);
      const path = `/v1/proxies/${encodeURIComponent(id)}/config-dump`;
      const { body } = accepted(await apiClient(options).ask(path, { query: { types: options.types } }));
      printValue(body, options.output === 'yaml' ? 'yaml' : 'json'); // a dump has no table
    });
}
