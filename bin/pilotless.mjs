#!/usr/bin/env node
// Starts the command line on the Node that this project pins; an older system Node hands over to it.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  // Sources that Node has read before it need not strip and compile again. Where it may not write, it goes on without.
  module.enableCompileCache(fileURLToPath(new URL('../.cache/compiled', import.meta.url)));
  const { main } = await import('../lib/cli/main.ts');
  await main(process.argv.slice(2));
} else {
  const child = spawn(pinnedNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
}

/** The Node binary that npm installed for this platform, or a sentence that says how to get one. */
function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/node`);
  } catch {
    console.error(
      `pilotless needs Node 24 or newer; this is ${process.version} and the package ${name} is not installed.`,
    );
    console.error('Install Node 24, or run "npm ci" without --omit=optional.');
    process.exit(2);
  }
}
