import type { Command } from 'commander';
import type { HistoryPage } from '../control/config/history.ts';
import { accepted, apiClient } from './api-client.ts';
import { optionsOf } from './global-options.ts';
import { printTable, printValue } from './print-value.ts';
import { wholeNumber } from './whole-number.ts';

interface HistoryOptions {
  readonly limit: number;
  readonly before?: number;
}

/** `pilotless history`: the revisions, newest first. */
export function historyVerb(verb: Command): Command {
  return verb
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--before <revision>', 'only those before this one', wholeNumber)
    .action((_options: unknown, command: Command) => history(command));
}

async function history(command: Command): Promise<void> {
  const options = optionsOf<HistoryOptions>(command);
  const { limit, before, output } = options;
  const query = { limit: String(limit), ...(before !== undefined && { before: String(before) }) };
  const page = accepted(await apiClient(options).ask('/v1/revisions', { query })).body as HistoryPage;
  if (printValue(page, output)) return;
  if (page.revisions.length === 0) {
    process.stderr.write('No revisions yet.\n');
    return;
  }
  printTable(
    ['REVISION', 'TIME', 'WRITER', 'CREATED', 'CONFIGURED', 'PRUNED', 'OBJECTS', 'MESSAGE'],
    page.revisions.map(({ revision, time, writer, counts, objects, message = '' }) => [
      ...[String(revision), time, writer],
      ...[counts.created, counts.configured, counts.pruned, objects].map(String),
      message,
    ]),
  );
  if (page.before !== undefined) process.stderr.write(`More with --before ${page.before}.\n`);
}
