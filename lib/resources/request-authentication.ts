import type { FindingLog } from './finding.ts';
import { checkJwtRule } from './jwt-rule-checks.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { checkPolicyTarget } from './policy-target-checks.ts';
import { requestAuthenticationSpec, type RequestAuthenticationSpec } from './request-authentication-spec.ts';

/** RequestAuthentication: whose tokens requests to a workload may carry. */
export const requestAuthentication = {
  group: 'security.istio.io',
  versions: ['v1', 'v1beta1'],
  plural: 'requestauthentications',
  isNamespaced: true,
  body: 'spec',
  reach: 'workload',
  schema: requestAuthenticationSpec,
  validate: checkRequestAuthentication,
} satisfies KindDefinition<typeof requestAuthenticationSpec>;

/** Schema of the CRD. */
const MOST_RULES = 4_096;

/** VAL-14 to VAL-16. */
function checkRequestAuthentication({ spec }: Subject<RequestAuthenticationSpec>, log: FindingLog): void {
  const here = log.at('spec');
  checkPolicyTarget(here, spec);
  const { jwtRules = [] } = spec;
  if (jwtRules.length > MOST_RULES) {
    here.at('jwtRules').error('INVALID_VALUE', `must have at most ${MOST_RULES} items; write a second policy`);
  }
  jwtRules.forEach((rule, index) => checkJwtRule(here.at(`jwtRules[${index}]`), rule));
}
