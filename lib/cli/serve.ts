import { BlockList, isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LocalOptions } from '../../functions/local.ts';
import { type DurationMs, durationMs } from '../base/brand.ts';
import { parseDuration } from '../base/duration.ts';
import { CliFailure } from './cli-failure.ts';
import { loadAccess } from './load-access.ts';
import { ownVersion } from './own-version.ts';
import { portNumber } from './port-number.ts';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly secretKey?: string;
  readonly fetchAllow?: string;
  readonly inMemory: boolean;
  readonly logLevel: LocalOptions['logLevel'];
  readonly keepRevisions?: DurationMs;
  readonly access?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly tlsMinVersion: '1.2' | '1.3';
  readonly tlsCiphers?: string;
}

/** `pilotless serve`: the whole service in one process. Standard output has the one line `ready URL`; the log is standard error. */
export function serveVerb(verb: Command): Command {
  return verb
    .addOption(
      new Option('--port <port>', 'where to listen; 0 picks a free port')
        .env('PILOTLESS_PORT')
        .argParser(portNumber)
        .default(8080),
    )
    .option('--host <address>', 'the address; any but a loopback address needs --access', '127.0.0.1')
    .addOption(
      new Option('--access <file>', 'who is believed and who may do what: a file, or its text').env('PILOTLESS_ACCESS'),
    )
    .option('--tls-cert <file>', 'serve https with this certificate chain; read again when it changes')
    .option('--tls-key <file>', 'the key of the certificate')
    .option('--client-ca <file>', 'authorities that sign certificates of proxies and people')
    .addOption(new Option('--tls-min-version <version>', 'the oldest TLS').choices(['1.2', '1.3']).default('1.2'))
    .option('--tls-ciphers <names>', 'cipher suites of TLS 1.2 by their OpenSSL names, with commas between them')
    .addOption(new Option('--data <directory>', 'where everything is kept').env('PILOTLESS_DATA').default('.pilotless'))
    .addOption(
      new Option(
        '--secret-key <file>',
        'the key that encrypts Secrets; without it, secrets.key in the data directory',
      ).env('PILOTLESS_SECRET_KEY'),
    )
    .addOption(
      new Option(
        '--fetch-allow <hosts>',
        'hosts of this network that may be asked for keys of issuers, with commas between them: idp.corp, http://10.1.2.3:8080',
      ).env('PILOTLESS_FETCH_ALLOW'),
    )
    .option('--in-memory', 'keep nothing after the end', false)
    .option(
      '--keep-revisions <time>',
      'how long one can go back to a revision: 720h; at least 1h; all are kept without it',
      keptTime,
    )
    .addOption(
      new Option('--log-level <level>', 'what is logged').choices(['info', 'warn', 'error', 'silent']).default('info'),
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const identity = await identityOf(options);
  if (!isLoopback(options.host) && !identity.access) {
    // IDN-2: proxies and writers are believed here, which only this machine may use.
    throw new CliFailure(
      'refused',
      `--host ${options.host} is no loopback address; without --access, which says who is believed, only loopback is served`,
    );
  }
  const { host, port, data, secretKey, inMemory, logLevel, keepRevisions } = options;
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve());
  try {
    // Only here: help on this verb does without the whole service.
    const { startLocal } = await import('../../functions/local.ts');
    const where = inMemory ? {} : { dataDirectory: data, ...(secretKey && { secretKeyFile: secretKey }) };
    const kept = {
      ...(keepRevisions !== undefined && { keepRevisions }),
      ...(options.fetchAllow !== undefined && { fetchAllow: options.fetchAllow }),
    };
    const how = { version: ownVersion(), logTo: process.stderr, logLevel, ...kept };
    const service = await startLocal({ host, port, ...where, ...how, ...identity });
    process.stdout.write(`ready ${service.url}\n`);
    await stopped.promise;
    await service.stop();
  } catch (error) {
    throw new CliFailure('refused', sentenceOf(error, options));
  }
}

/** The parts of the service that say who is believed; fails with what is wrong with a file, and starts nothing then. */
async function identityOf(options: ServeOptions): Promise<Pick<LocalOptions, 'access' | 'tls'>> {
  const { access: said, tlsCert, tlsKey, clientCa, tlsMinVersion, tlsCiphers } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliFailure('usage', '--tls-cert and --tls-key belong together');
  }
  if (clientCa !== undefined && tlsCert === undefined) throw new CliFailure('usage', '--client-ca needs --tls-cert');
  const access = said === undefined || said === '' ? undefined : await loadAccess(said);
  if (tlsCert === undefined || tlsKey === undefined) return access ? { access } : {};
  const tls = {
    certificate: tlsCert,
    key: tlsKey,
    minVersion: `TLSv${tlsMinVersion}` as const,
    ...(clientCa !== undefined && { clientAuthorities: clientCa }),
    ...(tlsCiphers !== undefined && { ciphers: tlsCiphers.split(/[,:\s]+/) }),
  };
  return access ? { access, tls } : { tls };
}

const SHORTEST_KEPT = durationMs(60 * 60_000);

function keptTime(text: string): DurationMs {
  const time = parseDuration(text);
  if (time !== undefined && time >= SHORTEST_KEPT) return time;
  throw new InvalidArgumentError('give a time such as 720h, of at least 1h');
}

/** One line that says what to do about a start that failed. */
function sentenceOf(error: unknown, { host, port, data }: ServeOptions): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use; choose another with --port, or 0 for a free one`;
  if (code === 'EACCES') return `this user may not listen on port ${port}; choose one from 1024 up with --port`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${host}`;
  if (code === 'CORRUPT_STORE') {
    return `data directory ${data} is damaged (${messageOf(error)}); restore it from a backup, or choose another with --data`;
  }
  return messageOf(error);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'));
}
