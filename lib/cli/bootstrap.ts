import { networkInterfaces } from 'node:os';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { DurationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import { parseLocality } from '../base/locality.ts';
import { CliFailure } from './cli-failure.ts';
import { portNumber } from './port-number.ts';
import { pollProof } from './poll-proof-options.ts';
import { bootstrap, type BootstrapRequest } from '../control/offline/bootstrap.ts';

interface BootstrapOptions {
  readonly id: string;
  readonly type: BootstrapRequest['type'];
  readonly ip?: string;
  readonly label: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly identityDir: string;
  readonly locality: string;
  readonly network: string;
  readonly clusterId: string;
  readonly interception: BootstrapRequest['interception'];
  readonly adminPort: number;
  readonly refresh: DurationMs;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly caFile: string;
  // Of all verbs:
  readonly server: string;
  readonly token?: string;
  readonly namespace: string;
}

/** `pilotless bootstrap`: prints a complete Envoy bootstrap; what it means for the service goes to standard error. */
export function bootstrapVerb(verb: Command): Command {
  return verb
    .requiredOption('--id <id>', 'name of the proxy: app-1, app-1.namespace, or a whole node id')
    .addOption(new Option('--type <type>', 'what it is').choices(['sidecar', 'router', 'waypoint']).default('sidecar'))
    .option('--ip <address>', 'its address (default: the first of this machine)')
    .option('--label <key=value...>', 'a label of its workload; may be repeated', label, {})
    .option('--service-account <name>', 'its service account', '')
    .option('--identity-dir <path>', 'where an agent keeps its certificate, on its machine', '')
    .option('--locality <region/zone/subzone>', 'where it runs', '')
    .option('--network <name>', 'the network it is in', '')
    .option('--cluster-id <name>', 'the cluster it is in', '')
    .addOption(
      new Option('--interception <mode>', 'how traffic gets to it')
        .choices(['none', 'redirect', 'tproxy'])
        .default('none'),
    )
    .option('--admin-port <port>', 'its admin port on loopback', portNumber, 15000)
    .option('--refresh <time>', 'how often it polls: 5s, 1m; at least 1s', refreshTime, parseDuration('5s'))
    .option('--metadata <json>', 'node metadata, laid over the rest', jsonObject, {})
    .option('--ca-file <path>', "authorities of the server's certificate", '/etc/ssl/certs/ca-certificates.crt')
    .addOption(
      new Option('--auth <how>', 'how it proves who it is; a token that is given alone is one').choices([
        ...['token', 'mtls', 'iam'],
      ]),
    )
    .option('--token-file <path>', 'token: a file on its machine with a Secret, which it watches')
    .option('--cert-file <path>', 'mtls: its certificate, on its machine')
    .option('--key-file <path>', 'mtls: the key of the certificate')
    .option('--aws-region <region>', 'iam: the region of the front door, where its name does not say it')
    .option('--aws-service <name>', 'iam: lambda or execute-api, where the name does not say it')
    .option('--aws-credentials-file <path>', 'iam: where its credentials are (default: its environment)')
    .action((_options: unknown, command: Command) => print(command));
}

function print(command: Command): void {
  const options = command.optsWithGlobals<BootstrapOptions>();
  if (!URL.canParse(options.server)) throw new CliFailure('usage', `--server ${options.server} is no URL`);
  const { token: _token, ...said } = options;
  const proof = pollProof(command);
  const made = bootstrap({
    ...said,
    ip: options.ip ?? ownAddress(),
    labels: options.label,
    identityDirectory: options.identityDir,
    locality: parseLocality(options.locality),
    server: new URL(options.server),
    ...(proof && { proof }),
  });
  if (!made.ok)
    throw new CliFailure('usage', made.issues.map(({ path, message }) => `--${path}: ${message}`).join('; '));
  process.stdout.write(`${JSON.stringify(made.value, null, 2)}\n`);
  process.stderr.write(loopsNote(options.refresh));
}

/** DLV-13: each loop costs the service a poll every one to two refresh times. */
function loopsNote(refresh: DurationMs): string {
  const each = `every ${refresh / 1000} to ${(2 * refresh) / 1000} s`;
  return (
    `This proxy polls ${each} in 2 loops, for clusters and listeners, and in one more for each of its clusters with ` +
    `endpoints and each of its route tables; "pilotless proxy-status" shows how many that are.\n`
  );
}

function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

function label(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write it as key=value');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function refreshTime(text: string): DurationMs {
  const time = parseDuration(text);
  if (time === undefined) throw new InvalidArgumentError('write it like 5s, 500ms or 1m30s');
  if (time < 1000) throw new InvalidArgumentError('a proxy polls at most once a second: at least 1s');
  return time;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidArgumentError('write it as one JSON object');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // no JSON is no object either, which the caller says
  }
}
