import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';

const secretGrantSpec = z
  .strictObject({
    serviceAccounts: z
      .array(z.string())
      .exactOptional()
      .describe('Service accounts of this namespace whose proxies may have its secrets; none lets no proxy have them.'),
  })
  .describe(
    'Says which proxies of a namespace may have its secrets. Without any SecretGrant every proven proxy of the namespace may; with some, those that one of them names.',
  );

export type SecretGrantSpec = Immutable<z.infer<typeof secretGrantSpec>>;

/** SecretGrant: which service accounts of its namespace may have the namespace's secrets. */
export const secretGrant = {
  group: 'pilotless.dev',
  versions: ['v1'],
  plural: 'secretgrants',
  isNamespaced: true,
  body: 'spec',
  reach: 'secrets',
  schema: secretGrantSpec,
  validate: checkSecretGrant,
} satisfies KindDefinition<typeof secretGrantSpec>;

function checkSecretGrant({ spec: { serviceAccounts = [] } }: Subject<SecretGrantSpec>, log: FindingLog): void {
  const seen = new Set<string>();
  serviceAccounts.forEach((name, index) => {
    const here = log.at(`spec.serviceAccounts[${index}]`);
    if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
      const message = `${quoted(name)} is no name of a service account; write the bare name, without its namespace`;
      here.error('INVALID_VALUE', message);
    }
    if (seen.has(name)) here.warning('INEFFECTIVE', `${quoted(name)} is there already`);
    seen.add(name);
  });
}
