import { readFileSync } from 'node:fs';
import { isMembers } from '../base/members.ts';

/** Keys of AWS, as a workload has them where it runs. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PATIENCE_MS = 5_000;
const ECS_HOST = 'http://169.254.170.2';
const INSTANCE_HOST = 'http://169.254.169.254';

/**
 * The keys of the role that runs here: from the environment (Lambda, a laptop), from the task's or pod's endpoint (ECS, Fargate, EKS Pod
 * Identity), or from the instance (EC2, IMDSv2). Asked anew each time: they change every few hours. Throws an Error that says what was tried.
 * Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
 */
export async function awsCredentials(environment: Environment): Promise<AwsCredentials> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = environment;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(session && { sessionToken: session }) };
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = environment;
  if (relative) return credentialsIn(await textFrom(new URL(relative, ECS_HOST).href), 'the ECS task');
  if (full) {
    const authorization = containerToken(environment);
    return credentialsIn(await textFrom(full, authorization ? { authorization } : {}), 'the container');
  }
  return instanceCredentials(environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? INSTANCE_HOST);
}

function containerToken(environment: Environment): string | undefined {
  const file = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  return file ? readFileSync(file, 'utf8').trim() : environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
}

async function instanceCredentials(host: string): Promise<AwsCredentials> {
  const base = new URL('/latest/', host).href;
  const lasts = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
  const token = await textFrom(`${base}api/token`, lasts, 'PUT');
  const headers = { 'x-aws-ec2-metadata-token': token };
  const roles = `${base}meta-data/iam/security-credentials/`;
  const [role = ''] = (await textFrom(roles, headers)).split('\n');
  if (role === '') throw new Error('the instance has no IAM role');
  return credentialsIn(await textFrom(`${roles}${role}`, headers), 'the instance');
}

async function textFrom(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<string> {
  try {
    const response = await fetch(url, { method, headers: { ...headers }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return await response.text();
    throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`no AWS credentials from ${new URL(url).host}: ${reason}`, { cause });
  }
}

function credentialsIn(text: string, place: string): AwsCredentials {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // said below, without quoting what may be half a key
  }
  const { AccessKeyId: id, SecretAccessKey: secret, Token: session } = isMembers(value) ? value : {};
  if (typeof id !== 'string' || typeof secret !== 'string') throw new Error(`${place} answered no AWS credentials`);
  return { accessKeyId: id, secretAccessKey: secret, ...(typeof session === 'string' && { sessionToken: session }) };
}
