import type { Command } from 'commander';
import { accepted, apiClient } from './api-client.ts';
import { optionsOf } from './global-options.ts';
import { printTable, printValue } from './print-value.ts';

interface ShownRoot {
  readonly sha256: string;
  readonly state: string;
  readonly notAfter: string;
  readonly believedUntil?: string;
}

/** `pilotless authority` and `pilotless authority rotate`: the roots that there are then. */
export function authorityVerb(verb: Command): Command {
  verb.action((_options: unknown, command: Command) => showRoots(command));
  verb
    .command('rotate')
    .description('make the next root now; it signs when every workload has heard of it')
    .option(
      '--distrust',
      'believe only the new one from now on, for a key that has leaked: connections fail until all have renewed',
    )
    .action((_options: unknown, command: Command) => rotate(command));
  return verb;
}

async function showRoots(command: Command): Promise<void> {
  printRoots(command, accepted(await apiClient(optionsOf(command)).ask('/v1/authority')).body);
}

async function rotate(command: Command): Promise<void> {
  const { distrust = false, ...global } = optionsOf<{ readonly distrust?: boolean }>(command);
  const request = { method: 'POST', body: JSON.stringify({ distrust }) } as const;
  printRoots(command, accepted(await apiClient(global).ask('/v1/authority/rotation', request)).body);
}

function printRoots(command: Command, body: unknown): void {
  if (printValue(body, optionsOf(command).output)) return;
  const { roots = [] } = (body ?? {}) as { readonly roots?: readonly ShownRoot[] };
  const rows = roots.map(({ sha256, state, notAfter, believedUntil = '' }) => [
    ...[sha256.slice(0, 16), state, notAfter, believedUntil],
  ]);
  printTable(['ROOT', 'STATE', 'ENDS', 'BELIEVED UNTIL'], rows);
}
