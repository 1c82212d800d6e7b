import { NOBODY } from '../../base/sender.ts';
import { durationMs } from '../../base/brand.ts';
import { hashBytes } from '../../base/hashing.ts';
import type { IdentityBinding } from '../../model/identity-binding.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { workloadsOf } from '../identity/match-caller.ts';
import type { VerifyCaller } from '../identity/verify-caller.ts';
import { SIGNED_REQUEST_PREFIX } from '../identity/verify-signed-request.ts';
import { ABSENT, type Authenticator, refusedProof } from './attestation.ts';
import { spendProof } from './spent-proofs.ts';

export interface CallerPorts {
  readonly verifyCaller: VerifyCaller;
  /** Who may run as what, as the newest revision has it. */
  readonly bindings: () => Promise<readonly IdentityBinding[]>;
  readonly records: Pick<Records, 'putIf'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Longer than a signed request is believed. */
const REMEMBERED = durationMs(5 * 60_000);

/**
 * Believes whom the service believes elsewhere: bearer tokens of issuers, signed requests of AWS, and what the front door has verified itself,
 * a signature of AWS or a client certificate. As what they may run is said by WorkloadIdentityBindings, or by the proof itself. A signed
 * request is good for one certificate: it is not bound to the key that is asked for, and whoever overhears it must not use it again.
 */
export function callerAuthenticator({ verifyCaller, bindings, records, clock }: CallerPorts): Authenticator {
  return async ({ attestation: { bearer }, authorization, sender = NOBODY }) => {
    if (bearer !== undefined && (typeof bearer !== 'string' || /\s/.test(bearer)))
      return refusedProof('it is no token');
    const shown = bearer === undefined ? authorization : `Bearer ${bearer}`;
    const caller = await verifyCaller({ authorization: shown, sender: bearer === undefined ? sender : NOBODY });
    if (caller === 'absent') return ABSENT;
    if (caller === 'refused') return refusedProof('the token, signature or certificate of the caller is not believed');
    const token = /^bearer +(\S+)$/i.exec(shown?.trim() ?? '')?.[1] ?? '';
    const isSignedRequest = token.startsWith(SIGNED_REQUEST_PREFIX);
    const spend = () => spendProof({ records, clock }, hashBytes(token), REMEMBERED);
    return {
      is: 'proven',
      attested: {
        method: caller.method,
        principal: caller.principal,
        workloads: distinct(workloadsOf(caller, await bindings())),
        ...(isSignedRequest && { spend }),
      },
    };
  };
}

/** Two bindings that say the same leave no question. */
function distinct<T extends { readonly namespace: string; readonly serviceAccount: string }>(
  workloads: readonly T[],
): readonly T[] {
  return [...new Map(workloads.map((each) => [`${each.namespace}/${each.serviceAccount}`, each])).values()];
}
