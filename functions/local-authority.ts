import { randomBytes } from 'node:crypto';
import type { Registry } from 'prom-client';
import { guardedFetcher } from '../lib/adapters/http/guarded-fetcher.ts';
import { sealedSigningKeys } from '../lib/adapters/sealed-signing-keys.ts';
import { authorityRoutes } from '../lib/control/authority/authority-routes.ts';
import type { AuthoritySettings } from '../lib/control/authority/authority-settings.ts';
import { certificateAuthority } from '../lib/control/authority/certificate-authority.ts';
import type { ConfigSource } from '../lib/control/build/worlds.ts';
import type { SentHandler } from '../lib/control/http/http-handler.ts';
import type { ServiceIdentity } from '../lib/control/identity/service-identity.ts';
import type { Clock } from '../lib/ports/clock.ts';
import type { Log } from '../lib/ports/log.ts';
import type { Records } from '../lib/ports/records.ts';
import type { SecretBox } from '../lib/ports/secret-box.ts';

export interface LocalAuthorityParts {
  readonly records: Records;
  /** Seals the keys of roots, as it does Secrets. */
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly config: ConfigSource;
  readonly identity: Pick<ServiceIdentity, 'gate' | 'polls' | 'authority'>;
  /** In place of what the access file says. */
  readonly settings?: AuthoritySettings | undefined;
}

/** The authority in one process: its keys are sealed in the store. */
export interface LocalAuthority {
  readonly answer: SentHandler;
  tend(): Promise<void>;
}

export function localAuthority(parts: LocalAuthorityParts): LocalAuthority {
  const { records, secrets, identity, settings = identity.authority } = parts;
  const authority = certificateAuthority({
    ...{ ...parts, ...identity.polls, settings },
    keys: sealedSigningKeys({ records, box: secrets }),
    fetcher: guardedFetcher({ allowed: [] }),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  });
  return { answer: authorityRoutes(authority, identity.gate), tend: () => authority.tend() };
}
