import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { readKeySet } from '../base/key-set.ts';
import type { FindingLog } from './finding.ts';
import { keySetName } from './key-set-name.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';

const keySetSpec = z
  .strictObject({
    issuer: z
      .string()
      .exactOptional()
      .describe('The issuer that jwtRules name with these keys; empty where they name none.'),
    jwksUri: z
      .string()
      .exactOptional()
      .describe(
        "The jwksUri that jwtRules name with these keys; empty where the issuer's OpenID configuration says it.",
      ),
    jwks: z.string().describe('The keys, as the text of a JSON Web Key Set.'),
  })
  .describe(
    'The keys of an issuer of tokens, as they were fetched last for the RequestAuthentications that name it. Pilotless writes them; who writes one by hand has it overwritten by the next fetch.',
  );

export type KeySetSpec = Immutable<z.infer<typeof keySetSpec>>;

/** KeySet: the keys of one issuer at one address. Its name is made of both, so that there is one of each. */
export const keySet = {
  group: 'pilotless.dev',
  versions: ['v1'],
  plural: 'keysets',
  isNamespaced: false,
  body: 'spec',
  reach: 'workload',
  schema: keySetSpec,
  validate: checkKeySet,
} satisfies KindDefinition<typeof keySetSpec>;

function checkKeySet({ metadata, spec }: Subject<KeySetSpec>, log: FindingLog): void {
  const { issuer = '', jwksUri = '', jwks } = spec;
  const name = keySetName({ issuer, jwksUri });
  if (metadata.name !== name) {
    const message = `the keys of this issuer at this address are looked for under the name ${name}`;
    log.at('metadata.name').error('INVALID_METADATA', message);
  }
  const { problem } = readKeySet(jwks);
  if (problem !== undefined) log.at('spec.jwks').error('INVALID_VALUE', `jwks parse error: ${problem}`);
}
