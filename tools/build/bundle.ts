import { cpSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { secretsIn } from '../checks/secret-scan.ts';
import type { BundleEntry } from './entries.ts';

/** How large a bundle is, in bytes, and of what it is made. */
export interface Bundled {
  readonly minified: number;
  /** About what the Lambda service downloads at a cold start. */
  readonly gzipped: number;
  /** Every file of which something is in the bundle, by its path from the root. */
  readonly inputs: readonly string[];
}

// Some packages are CommonJS and ask for Node's modules at run time; in an ES module there is no `require` to ask.
const banner = `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`;

const CONSOLE_READER = 'lib/adapters/system/console-files.ts';

/** Bundles one entry with all it imports, the AWS SDK included: a runtime's own SDK changes under our feet. */
export async function bundle(root: string, { source, target }: BundleEntry): Promise<Bundled> {
  const outfile = resolve(root, target);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true, // error classes are told apart by name in logs
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: banner },
    metafile: true,
    logLevel: 'error',
  });
  const bytes = readFileSync(outfile);
  const keys = secretsIn(bytes.toString('utf8'));
  if (keys.length > 0)
    throw new Error(`${target} has a key in it, which whoever gets it could read: ${keys.join('; ')}`);
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  // The page is read when it is served, and the code that does so looks for it beside its bundle.
  if (inputs.includes(CONSOLE_READER)) {
    cpSync(join(root, 'lib/console'), join(dirname(outfile), 'console'), { recursive: true });
  }
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length, inputs };
}
