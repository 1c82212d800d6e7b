import type { BelievedIam } from './access.ts';
import type { Caller } from './caller.ts';
import { roleOf } from './match-caller.ts';

/** Who an ARN is that AWS has told us, if it is of an account that is believed: a role, whatever its session is called, or a user. */
export function verifyArn({ accounts }: BelievedIam, arn: string): Caller | undefined {
  const [, account, kind] = ARN.exec(arn) ?? [];
  if (account === undefined || kind === undefined || !accounts.includes(account)) return undefined;
  return { method: 'iam', principal: roleOf(arn), issuer: '', claims: {} };
}

/** Roles' sessions and users; the account itself (`:root`) and federated users are not who anything should run as. */
const ARN = /^arn:aws[a-z-]*:(?:sts|iam)::(\d{12}):(assumed-role|role|user)\/[\w+=,.@/-]{1,512}$/;
