import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { epochMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import { isMembers } from '../base/members.ts';
import { awsCredentials } from './aws-credentials.ts';
import { callerIdentityToken } from './caller-identity-token.ts';
import { CliFailure } from './cli-failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { type Requested, runIdentityAgent } from './identity-agent.ts';
import { readWorkloadFiles, writeWorkloadFiles } from './identity-files.ts';
import { type HeldIdentity, newKeyRequest, renewalOf } from './identity-request.ts';

interface IdentityOptions {
  readonly dir: string;
  readonly attest: 'iam' | 'token' | 'join';
  readonly tokenFile?: string;
  readonly joinToken?: string;
  readonly audience?: string;
  readonly region?: string;
  readonly ttl?: string;
  readonly workload?: string;
  readonly once: boolean;
  readonly allowHttp: boolean;
}

/** `pilotless agent identity`: runs beside an Envoy, and keeps the certificate fresh that it serves and calls with. */
export function agentVerb(verb: Command): Command {
  const identity = verb
    .command('identity')
    .description('get a certificate for the workload that runs here, renew it, and write the files that Envoy watches')
    .requiredOption('--dir <directory>', 'where default.json and ROOTCA.json are written')
    .addOption(
      new Option('--attest <how>', 'how this workload proves who it is')
        .choices(['iam', 'token', 'join'])
        .makeOptionMandatory(),
    )
    .option('--token-file <file>', 'with --attest token: a bearer token (OIDC, JWT), read again each time')
    .addOption(new Option('--join-token <token>', 'with --attest join: the token').env('PILOTLESS_JOIN_TOKEN'))
    .addOption(
      new Option('--audience <text>', 'with --attest iam: as the service calls itself').env('PILOTLESS_AUDIENCE'),
    )
    .addOption(new Option('--region <region>', 'with --attest iam: whose STS is asked').env('AWS_REGION'))
    .option('--ttl <time>', 'how long each certificate is good: 1h; the service decides without it')
    .option('--workload <namespace/account>', 'as whom, where this caller may run as several')
    .option('--once', 'end with the first certificate', false)
    .option('--allow-http', 'talk to a service without TLS on another machine', false)
    .action((options: IdentityOptions) => identityAgent(options, identity.optsWithGlobals()));
  return verb;
}

async function identityAgent(options: IdentityOptions, { server }: GlobalOptions): Promise<void> {
  checkServer(server, options.allowHttp);
  const body = bodyOf(options);
  const stopped = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort());
  const directory = resolve(options.dir);
  const parts = {
    request: (held: HeldIdentity | undefined) => requested({ server, body, options, held }),
    read: () => readWorkloadFiles(directory),
    write: writeWorkloadFiles.bind(undefined, directory),
    tell,
    now: () => epochMs(Date.now()),
    sleep: (duration: number) => sleep(duration, undefined, { signal: stopped.signal }).catch(() => undefined),
    chance: () => randomInt(2 ** 32) / 2 ** 32,
    isStopped: () => stopped.signal.aborted,
  };
  await runIdentityAgent(parts, options.once);
}

function tell(event: string, fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}

/** What proves who we are travels to the service, and may be all that somebody needs. */
function checkServer(server: string, allowHttp: boolean): void {
  if (!URL.canParse(server)) throw new CliFailure('usage', `--server ${server} is no URL`);
  const { protocol, hostname } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isHere = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (protocol === 'https:' || isHere || allowHttp) return;
  throw new CliFailure('usage', `--server ${server} is not https; --allow-http sends proofs of identity in the clear`);
}

interface FixedBody {
  /** In seconds. */
  readonly ttl?: number;
  readonly workload?: { readonly namespace: string; readonly serviceAccount: string };
}

/** What every request says alike; fails with what is missing or wrong of the options. */
function bodyOf({ attest, tokenFile, joinToken, audience, region, ttl, workload }: IdentityOptions): FixedBody {
  if (attest === 'token' && !tokenFile) throw new CliFailure('usage', '--attest token needs --token-file');
  if (attest === 'join' && !joinToken) {
    throw new CliFailure('usage', '--attest join needs the token in PILOTLESS_JOIN_TOKEN or --join-token');
  }
  if (attest === 'iam' && !(audience && region)) {
    throw new CliFailure('usage', '--attest iam needs --audience, and --region or AWS_REGION');
  }
  const time = ttl === undefined ? undefined : parseDuration(ttl);
  if (ttl !== undefined && !(time !== undefined && time > 0)) {
    throw new CliFailure('usage', `--ttl ${ttl} is no length of time such as 1h`);
  }
  const [namespace, serviceAccount, ...more] = workload?.split('/') ?? [];
  if (workload !== undefined && (!namespace || !serviceAccount || more.length > 0)) {
    throw new CliFailure('usage', `--workload ${workload} is not namespace/account`);
  }
  return {
    ...(time !== undefined && { ttl: time / 1000 }),
    ...(namespace && serviceAccount && { workload: { namespace, serviceAccount } }),
  };
}

interface Asking {
  readonly server: string;
  readonly body: FixedBody;
  readonly options: IdentityOptions;
  readonly held: HeldIdentity | undefined;
}

async function requested({ server, body, options, held }: Asking): Promise<Requested> {
  const { key, csr } = await newKeyRequest();
  try {
    const attestation = await attestationOf(options, csr, held);
    const answer = await posted(new URL('/v1/certificates', server), { ...body, csr, attestation });
    return answer.status < 300 ? issuedIn(answer, key) : refusedIn(answer);
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    return { is: 'unreachable', reason: reasonOf(error) };
  }
}

/** A join token is good once: whoever has a certificate shows that. The others prove anew who they are, so that what is withdrawn ends. */
async function attestationOf(options: IdentityOptions, csr: string, held: HeldIdentity | undefined): Promise<object> {
  const { attest, tokenFile = '', audience = '', region = '' } = options;
  const at = new Date().toISOString();
  if (attest === 'join') return held ? { renewal: renewalOf(held, csr, at) } : { joinToken: options.joinToken };
  if (attest === 'token') return { bearer: readFileSync(tokenFile, 'utf8').trim() };
  return { bearer: callerIdentityToken({ credentials: await awsCredentials(process.env), region, audience, at }) };
}

const PATIENCE_MS = 15_000;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function posted(url: URL, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: 'error',
  });
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    return { status: response.status, body: isMembers(value) ? value : {} };
  } catch {
    return { status: response.status, body: {} }; // whoever answered is no service of ours
  }
}

function issuedIn({ body }: Answer, key: string): Requested {
  const { certificateChain: chain, identity } = body;
  const pems = Array.isArray(chain) ? chain.filter((pem): pem is string => typeof pem === 'string') : [];
  const roots = pems.at(-1);
  if (roots === undefined || pems.length < 2)
    return { is: 'unreachable', reason: 'the answer has no certificate in it' };
  const files = { certificate: pems.slice(0, -1).join(''), key, roots };
  return { is: 'issued', identity: typeof identity === 'string' ? identity : '', files };
}

function refusedIn({ status, body }: Answer): Requested {
  const message = typeof body['message'] === 'string' ? body['message'] : 'no reason was given';
  const reason = `HTTP ${status}: ${message}`;
  return { is: status >= 500 || status === 429 ? 'unreachable' : 'refused', reason };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
