import type { Command } from 'commander';
import { applyCommand } from './apply.ts';
import { bootstrapCommand } from './bootstrap.ts';
import { deleteCommand } from './delete.ts';
import { diffCommand } from './diff.ts';
import { getCommand } from './get.ts';
import { historyCommand } from './history.ts';
import { proxyStatusCommand } from './proxy-status.ts';
import { renderCommand } from './render.ts';
import { rollbackCommand } from './rollback.ts';
import { serveCommand } from './serve.ts';
import { validateCommand } from './validate.ts';

/** Every verb of the command line, in the order in which help lists them. A new verb is one row here and one file. */
export const verbs: readonly (() => Command)[] = [
  serveCommand,
  applyCommand,
  getCommand,
  deleteCommand,
  diffCommand,
  historyCommand,
  rollbackCommand,
  validateCommand,
  renderCommand,
  bootstrapCommand,
  proxyStatusCommand,
];
