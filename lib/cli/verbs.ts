import type { Command } from 'commander';
import { bootstrapCommand } from './bootstrap.ts';
import { proxyStatusCommand } from './proxy-status.ts';
import { serveCommand } from './serve.ts';

/** Every verb of the command line, in the order of its help. */
export const verbs: readonly (() => Command)[] = [serveCommand, bootstrapCommand, proxyStatusCommand];
