import type { FindingLog } from './finding.ts';
import { authorizerProblem, type ExtensionProviderSpec } from './authorizer-problem.ts';

/** What keeps a provider of this kind from being used, as a finding. */
export function checkAuthorizer(log: FindingLog, provider: ExtensionProviderSpec): void {
  const problem = authorizerProblem(provider);
  if (problem !== undefined)
    log.error('INVALID_VALUE', `invalid extension provider ${provider.name ?? ''}: ${problem}`);
}
