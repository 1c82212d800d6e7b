import { NOBODY, type Sender } from '../../base/sender.ts';
import type { PlainRequest } from '../../base/plain-http.ts';
import type { Caller } from '../identity/caller.ts';
import type { VerifyCaller } from '../identity/verify-caller.ts';

/** Who polls: somebody proven, or `unproven`, who is taken at its word where nobody has to prove anything. */
export type Poller = { readonly caller: Caller | 'unproven'; readonly sender: Sender };

/** Says who polls; `refused` for whoever has to prove it and does not. */
export type IdentifyPoll = (request: Pick<PlainRequest, 'header' | 'sender'>) => Promise<Poller | 'refused'>;

/** Without a verifier nobody has to prove anything (IDN-2). */
export function pollIdentifier(verify: VerifyCaller | undefined): IdentifyPoll {
  return async ({ header, sender = NOBODY }) => {
    if (!verify) return { caller: 'unproven', sender };
    const caller = await verify({ authorization: header('authorization'), sender });
    return typeof caller === 'string' ? 'refused' : { caller, sender };
  };
}
