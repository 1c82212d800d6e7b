import { type ACMClient, ExportCertificateCommand } from '@aws-sdk/client-acm';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { SecretSourceFailed, type SecretSources, type SourceFailure } from '../../ports/secret-sources.ts';
import { isAnswer, statusOf } from './aws-errors.ts';
import { valuesInText } from './secret-text.ts';

export interface AwsSecretSourcesOptions {
  /** A client for the region of the secret. */
  readonly secretsManager: (region: string) => SecretsManagerClient;
  readonly acm: (region: string) => ACMClient;
}

type Values = ReadonlyMap<string, Uint8Array>;

const utf8 = new TextEncoder();

/**
 * Secrets Manager and ACM, in the region that the ARN names. The role needs `secretsmanager:GetSecretValue` or
 * `acm:ExportCertificate` on what is fetched, and `kms:Decrypt` where a secret has a key of its own.
 */
export function awsSecretSources({ secretsManager, acm }: AwsSecretSourcesOptions): SecretSources {
  return {
    async fetch({ kind, arn }) {
      const [, , , region = ''] = arn.split(':');
      try {
        return kind === 'acm' ? await exported(acm(region), arn) : await stored(secretsManager(region), arn);
      } catch (cause) {
        throw cause instanceof SecretSourceFailed ? cause : failureOf(cause);
      }
    },
  };
}

async function stored(client: SecretsManagerClient, arn: string): Promise<Values> {
  const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  const values = SecretString === undefined ? new Map<string, Uint8Array>() : valuesInText(SecretString);
  if (SecretBinary) values.set('value', SecretBinary);
  if (values.size === 0) throw new SecretSourceFailed('Unusable', 'the secret has no value');
  return values;
}

/** ACM hands a key out only encrypted, with a passphrase that is made for this one answer. */
async function exported(client: ACMClient, arn: string): Promise<Values> {
  const passphrase = utf8.encode(randomBytes(24).toString('hex'));
  const command = new ExportCertificateCommand({ CertificateArn: arn, Passphrase: passphrase });
  const { Certificate = '', CertificateChain = '', PrivateKey = '' } = await client.send(command);
  const key = createPrivateKey({ key: PrivateKey, passphrase: Buffer.from(passphrase) });
  const chain = [Certificate, CertificateChain].map((pem) => pem.trim()).filter((pem) => pem !== '');
  return new Map([
    ['tls.crt', utf8.encode(`${chain.join('\n')}\n`)],
    ['tls.key', utf8.encode(key.export({ type: 'pkcs8', format: 'pem' }) as string)],
  ]);
}

const REFUSALS: Readonly<Record<string, readonly [SourceFailure, string]>> = {
  ResourceNotFoundException: ['NotFound', 'there is no such secret; check the ARN and its region'],
  InvalidRequestException: ['Unusable', 'the secret cannot be read, perhaps because it is marked for deletion'],
  RequestInProgressException: ['Unavailable', 'the certificate is not issued yet'],
  ValidationException: [
    'Unusable',
    'the certificate cannot be exported; ACM hands out only those that were made exportable',
  ],
  InvalidArnException: ['NotFound', 'ACM does not know this ARN'],
  DecryptionFailure: ['AccessDenied', 'the role may not use the key of the secret; allow it kms:Decrypt'],
  DecryptionFailureException: ['AccessDenied', 'the role may not use the key of the secret; allow it kms:Decrypt'],
  AccessDeniedException: [
    'AccessDenied',
    'the role may not read it; allow it secretsmanager:GetSecretValue or acm:ExportCertificate',
  ],
};

function failureOf(cause: unknown): SecretSourceFailed {
  for (const [name, [reason, message]] of Object.entries(REFUSALS)) {
    if (isAnswer(cause, name)) return new SecretSourceFailed(reason, message, cause);
  }
  const word = cause instanceof Error ? cause.name : 'unknown';
  const status = statusOf(cause);
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 429;
  return new SecretSourceFailed(isRefusal ? 'AccessDenied' : 'Unavailable', `AWS did not hand it out (${word})`, cause);
}
