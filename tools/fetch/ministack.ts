import { pipInstall } from './pip-install.ts';
import type { Program } from './program.ts';
import { pip, python } from './toolchain.ts';

const version = '1.5.33';

/** A stand-in for the whole cloud: CloudFormation, Lambda, S3, DynamoDB and IAM in one Python process. */
export const ministack: Program = {
  version,
  purpose: 'the AWS adapters and the deployed stack in the contract tests',
  neededBy: 'tests',
  perPlatform: true,
  entry: 'ministack/__main__.py',
  fetchedWith: pip,
  runsWith: python,
  fetchInto: (directory, tool) => pipInstall(tool, directory, [`ministack==${version}`]),
};
