import type { PollSetting } from '../ir/proxy-ir.ts';
import type { CertificateIr, RootsIr } from '../ir/tls-material.ts';
import { fileConfigSource, restConfigSource } from './config-source.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { withoutDefaults } from './without-defaults.ts';

/** The members of a CommonTlsContext that say what the proxy shows. */
export function encodeCertificates(certificates: readonly CertificateIr[], ir: PollSetting): ProtoJson {
  return withoutDefaults({
    tlsCertificateSdsSecretConfigs: certificates.flatMap((each) => (each.from === 'files' ? [] : [secret(each, ir)])),
    tlsCertificates: certificates.flatMap((each) =>
      each.from === 'files'
        ? [{ certificateChain: { filename: each.certificate }, privateKey: { filename: each.key } }]
        : [],
    ),
  });
}

/** The member that says whom the proxy believes, and what else a certificate must be like. Roots of a secret stand beside the rest. */
export function encodeValidation(roots: RootsIr | undefined, context: ProtoJson, ir: PollSetting): ProtoJson {
  if (roots === undefined) return { validationContext: context };
  if (roots.from === 'file') return { validationContext: { trustedCa: { filename: roots.path }, ...context } };
  const validationContextSdsSecretConfig = secret(roots, ir);
  return { combinedValidationContext: { defaultValidationContext: context, validationContextSdsSecretConfig } };
}

type SecretIr = Exclude<CertificateIr, { readonly from: 'files' }>;

/** One that is served here is polled for; one in a file Envoy watches itself. */
function secret(each: SecretIr, { refresh }: PollSetting): ProtoJson {
  const sdsConfig = each.from === 'secret' ? restConfigSource(refresh) : fileConfigSource(each.path);
  return { name: each.name, sdsConfig };
}
