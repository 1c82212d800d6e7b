import { unreachable } from '../../base/unreachable.ts';
import type { ProtoJson } from '../../envoy/envoy-resource.ts';

/** How a proxy proves to the service who it is, with what a stock Envoy can do by itself. */
export type PollProof =
  /** A bearer token, in the bootstrap itself or read from the environment when Envoy starts. */
  | { readonly by: 'token'; readonly token: BearerToken }
  /** A bearer token in a file that Envoy watches: a Secret in JSON, replaced by rename. */
  | { readonly by: 'token-file'; readonly file: string }
  /** A signature of AWS (SigV4), with credentials that are there when Envoy starts. */
  | { readonly by: 'iam'; readonly region: string; readonly service: string; readonly credentialsFile?: string }
  /** A client certificate: files that are read once, or a directory of `pilotless agent identity`, which is watched. */
  | { readonly by: 'certificate'; readonly certificate: string; readonly key: string }
  | { readonly by: 'identity-directory'; readonly directory: string };

/** In the file itself, or read by Envoy from its environment when it starts. */
export type BearerToken =
  { readonly from: 'text'; readonly text: string } | { readonly from: 'environment'; readonly variable: string };

/** Name of the Secret that a token file holds. */
const TOKEN_SECRET = 'pilotless-token';

/** The filters that put the proof into each poll; they come last, because signatures are about everything else. */
export function proofFilters(proof: PollProof | undefined): readonly ProtoJson[] {
  switch (proof?.by) {
    case 'token':
      return [bearerFilter(proof.token)];
    case 'token-file':
      return [tokenFileFilter(proof.file)];
    case 'iam':
      return [signingFilter(proof)];
    case 'certificate':
    case 'identity-directory':
    case undefined:
      return [];
    default:
      return unreachable(proof);
  }
}

/** The client certificate of a TLS context; nothing where the proof is another. */
export function proofCertificate(proof: PollProof | undefined): ProtoJson {
  if (proof?.by === 'certificate') {
    const { certificate, key } = proof;
    return { tlsCertificates: [{ certificateChain: { filename: certificate }, privateKey: { filename: key } }] };
  }
  if (proof?.by !== 'identity-directory') return {};
  const path = `${proof.directory.replace(/\/+$/, '')}/default.json`;
  return { tlsCertificateSdsSecretConfigs: [{ name: 'default', sdsConfig: watchedFile(path) }] };
}

/** The directory of a path, as far as Envoy watches it. */
const dirname = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

const watchedFile = (path: string): ProtoJson => ({
  resourceApiVersion: 'V3',
  pathConfigSource: { path, watchedDirectory: { path: dirname(path) } },
});

function bearerFilter(token: BearerToken): ProtoJson {
  // A percent sign begins a command in a header's format.
  const value = token.from === 'text' ? token.text.replaceAll('%', '%%') : `%ENVIRONMENT(${token.variable})%`;
  const append = {
    header: { key: 'authorization', value: `Bearer ${value}` },
    appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD',
  };
  return {
    name: 'envoy.filters.http.header_mutation',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
      mutations: { requestMutations: [{ append }] },
    },
  };
}

/** Without its credential a poll does not leave: it would be refused, and say to whoever listens who asks. */
function tokenFileFilter(file: string): ProtoJson {
  return {
    name: 'envoy.filters.http.credential_injector',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector',
      overwrite: true,
      credential: {
        name: 'envoy.http.injected_credentials.generic',
        typedConfig: {
          '@type': 'type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic',
          credential: { name: TOKEN_SECRET, sdsConfig: watchedFile(file) },
          header: 'authorization',
        },
      },
    },
  };
}

/**
 * Credentials come from the environment or a file: those of a container or an instance are fetched only when the clusters are there, which
 * wait for this poll. Headers that a front door adds or changes are not signed.
 */
function signingFilter({ region, service, credentialsFile }: PollProof & { readonly by: 'iam' }): ProtoJson {
  const provider =
    credentialsFile === undefined
      ? { environmentCredentialProvider: {} }
      : {
          credentialsFileProvider: {
            credentialsDataSource: {
              filename: credentialsFile,
              watchedDirectory: { path: dirname(credentialsFile) },
            },
          },
        };
  return {
    name: 'envoy.filters.http.aws_request_signing',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning',
      serviceName: service,
      region,
      matchExcludedHeaders: [{ prefix: 'x-envoy' }, { prefix: 'x-forwarded' }, { exact: 'content-length' }],
      credentialProvider: { customCredentialProviderChain: true, ...provider },
    },
  };
}

/** Of which region and service of AWS a host is, where its name says so: a function URL, or an API Gateway. */
export function awsHost(host: string): { readonly region: string; readonly service: string } | undefined {
  const [, region] = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(host) ?? [];
  if (region !== undefined) return { region, service: 'lambda' };
  const [, of] = /^[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  return of === undefined ? undefined : { region: of, service: 'execute-api' };
}
