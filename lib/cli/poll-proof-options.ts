import type { Command } from 'commander';
import { awsHost, type PollProof } from '../control/offline/poll-proof.ts';
import { CliFailure } from './cli-failure.ts';

interface ProofOptions {
  readonly auth?: 'token' | 'mtls' | 'iam';
  readonly token?: string;
  readonly tokenFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly identityDir: string;
  readonly awsRegion?: string;
  readonly awsService?: string;
  readonly awsCredentialsFile?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly server: string;
}

/** How the proxy proves who it is, as the options of `pilotless bootstrap` say it. */
export function pollProof(command: Command): PollProof | undefined {
  const options = command.optsWithGlobals<ProofOptions>();
  switch (options.auth) {
    case undefined:
    case 'token':
      return tokenProof(command, options);
    case 'mtls':
      return certificateProof(options);
    case 'iam':
      return iamProof(options);
  }
}

/** A token that came from the environment is not copied into a file: the Envoy reads it from its own. */
function tokenProof(command: Command, { auth, token, tokenFile }: ProofOptions): PollProof | undefined {
  if (tokenFile !== undefined) return { by: 'token-file', file: tokenFile };
  if (token === undefined || token === '') {
    if (auth === undefined) return undefined;
    throw new CliFailure('usage', '--auth token needs --token-file, --token or PILOTLESS_TOKEN');
  }
  const isFromEnvironment = command.parent?.getOptionValueSource('token') === 'env';
  return {
    by: 'token',
    token: isFromEnvironment ? { from: 'environment', variable: 'PILOTLESS_TOKEN' } : { from: 'text', text: token },
  };
}

function certificateProof({ certFile, keyFile, identityDir, metadata }: ProofOptions): PollProof {
  if (certFile !== undefined && keyFile !== undefined) {
    return { by: 'certificate', certificate: certFile, key: keyFile };
  }
  const directory = identityDir === '' ? metadata['IDENTITY_DIR'] : identityDir;
  if (typeof directory === 'string' && directory !== '') return { by: 'identity-directory', directory };
  throw new CliFailure('usage', '--auth mtls needs --cert-file and --key-file, or the directory of an identity');
}

function iamProof({ server, awsRegion, awsService, awsCredentialsFile: credentialsFile }: ProofOptions): PollProof {
  const told = awsHost(new URL(server).hostname);
  const [region, service] = [awsRegion ?? told?.region, awsService ?? told?.service];
  if (region === undefined || service === undefined) {
    const message = `${new URL(server).hostname} does not say its region and service; give --aws-region and --aws-service`;
    throw new CliFailure('usage', message);
  }
  return { by: 'iam', region, service, ...(credentialsFile !== undefined && { credentialsFile }) };
}
