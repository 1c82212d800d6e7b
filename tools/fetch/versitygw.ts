import type { Program } from './program.ts';
import { runTool } from './program.ts';
import { go } from './toolchain.ts';

const version = '1.8.0';

/** An S3 over a directory that checks request signatures: a second opinion beside the stand-in for the whole cloud. */
export const versitygw: Program = {
  version,
  purpose: 'a second S3 in the contract tests',
  neededBy: 'tests',
  perPlatform: true,
  entry: 'versitygw',
  fetchedWith: go,
  fetchInto: (directory, tool) =>
    runTool(tool, ['install', `github.com/versity/versitygw/cmd/versitygw@v${version}`], {
      GOBIN: directory,
      GOFLAGS: '',
    }),
};
