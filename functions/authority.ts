import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, ScheduledEvent } from 'aws-lambda';
import { authorityRoutes } from '../lib/control/authority/authority-routes.ts';
import type { CertificateAuthority } from '../lib/control/authority/certificate-authority.ts';
import type { Gate } from '../lib/control/http/gate.ts';
import { cloudAuthority } from './cloud-authority.ts';
import { type Cloud, cloud, cloudIdentity } from './cloud.ts';
import { httpFunction } from './http-function.ts';

/** A request of HTTP, or the timer, which should fire every half hour. */
export type AuthorityEvent = APIGatewayProxyEventV2 | ScheduledEvent;

export interface AuthorityParts extends Pick<Cloud, 'log'> {
  readonly authority: CertificateAuthority;
  readonly gate: Gate;
}

type AuthorityFunction = (
  event: AuthorityEvent,
  context: object,
) => Promise<APIGatewayProxyStructuredResultV2 | undefined>;

/** Signs certificates for workloads, and looks after its roots when the timer fires. */
function authorityFunction({ authority, gate, log }: AuthorityParts): AuthorityFunction {
  const answer = httpFunction(authorityRoutes(authority, gate), (error) => log.error('request-failed', { error }));
  return async (event, context) => {
    if ('requestContext' in event) return answer(event, context);
    await authority.tend();
    return undefined;
  };
}

let made: AuthorityFunction | undefined;

export const handler: AuthorityFunction = (event, context) => {
  made ??= authorityFunction({
    authority: cloudAuthority(cloud()),
    gate: cloudIdentity(cloud()).gate,
    log: cloud().log,
  });
  return made(event, context);
};
