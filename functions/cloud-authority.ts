import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { kmsClient } from '../lib/adapters/aws/clients.ts';
import { kmsSigningKeys } from '../lib/adapters/aws/kms-signing-keys.ts';
import { guardedFetcher } from '../lib/adapters/http/guarded-fetcher.ts';
import { type CertificateAuthority, certificateAuthority } from '../lib/control/authority/certificate-authority.ts';
import { configSource } from '../lib/control/build/config-source.ts';
import { type Cloud, cloudIdentity } from './cloud.ts';

/** The certificate authority on AWS; the keys of its roots never leave KMS. Apart from `cloud.ts`, because no other function has room for it. */
export function cloudAuthority(ports: Cloud): CertificateAuthority {
  const { authority: settings, polls } = cloudIdentity(ports);
  return certificateAuthority({
    ...{ ...ports, ...polls, settings, registry: new Registry(), config: configSource(ports) },
    keys: kmsSigningKeys({ client: kmsClient() }),
    fetcher: guardedFetcher({ allowed: [] }),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  });
}
