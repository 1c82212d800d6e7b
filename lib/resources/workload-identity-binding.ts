import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { quoted } from '../base/quoted.ts';
import { callerMatchProblem } from './caller-match-checks.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';

const workloadIdentityBindingSpec = z
  .strictObject({
    serviceAccount: z
      .string()
      .describe('The service account of this namespace as which a proxy runs that proves to be one of those below.'),
    match: z
      .array(
        z
          .strictObject({
            principal: z
              .string()
              .exactOptional()
              .describe(
                'Who it is, letter for letter: the ARN of an IAM role or user (sessions of a role are the role), a SPIFFE name, the subject of a token of the issuer, or the name of a token of the access file.',
              ),
            issuer: z
              .string()
              .exactOptional()
              .describe('Who made the bearer token, as the access file and the token say it.'),
            claims: z
              .record(z.string(), z.string())
              .exactOptional()
              .describe('Claims that a bearer token must have: each is this text, or a list that has it.'),
          })
          .describe('All members that are there have to be so.'),
      )
      .describe('Who is meant; any of them is enough.'),
  })
  .describe(
    'Says who may run as a service account of its namespace: which IAM roles, and which subjects of OIDC issuers.',
  );

export type WorkloadIdentityBindingSpec = Immutable<z.infer<typeof workloadIdentityBindingSpec>>;

/** WorkloadIdentityBinding: which proven principals run as a service account of its namespace. */
export const workloadIdentityBinding = {
  group: 'pilotless.dev',
  versions: ['v1'],
  plural: 'workloadidentitybindings',
  isNamespaced: true,
  body: 'spec',
  reach: 'mesh',
  schema: workloadIdentityBindingSpec,
  validate: checkBinding,
} satisfies KindDefinition<typeof workloadIdentityBindingSpec>;

/** Members that are not of their type are left out, those too that must be there. */
function checkBinding({ spec }: Subject<Partial<WorkloadIdentityBindingSpec>>, log: FindingLog): void {
  const { serviceAccount = '', match = [] } = spec;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(serviceAccount)) {
    const message = `${quoted(serviceAccount)} is no name of a service account; write the bare name, without its namespace`;
    log.at('spec.serviceAccount').error('INVALID_VALUE', message);
  }
  if (match.length === 0) log.at('spec.match').error('REQUIRED', 'says nobody; name at least one principal');
  match.forEach((each, index) => {
    const problem = callerMatchProblem(each);
    if (problem !== undefined) log.at(`spec.match[${index}]`).error('INVALID_VALUE', `the match ${problem}`);
  });
}
