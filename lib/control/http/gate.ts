import { NOBODY, type Sender } from '../../base/sender.ts';
import type { Log } from '../../ports/log.ts';
import type { Access } from '../identity/access.ts';
import { type Actor, actorOf, anybody } from '../identity/rights.ts';
import type { VerifyCaller } from '../identity/verify-caller.ts';
import type { ActorHandler, SentHandler } from './http-handler.ts';
import { refusal } from './refusal.ts';

/** Lets through who may pass, and says who that is. */
export type Gate = (handler: ActorHandler) => SentHandler;

/** How somebody proves who they are, and what they may do then. */
export interface GateKeeping {
  readonly access: Access;
  readonly verifyCaller: VerifyCaller;
  readonly log: Pick<Log, 'warn'>;
}

/** Of a service where nobody has to prove anything: everybody may do everything (IDN-2). */
export const openGate: Gate = (handler) => async (request, sender) => handler(request, anybody(sender?.address ?? ''));

/**
 * Of a service that asks who comes (IDN-3, PS-6). Without a proof, or with one that is not believed, for whatever reason: 401. With one, but
 * without a right: 403. What anybody may have is named in OPEN; the page of the console is among it, which holds no data.
 */
export function guardedGate(keeping: GateKeeping): Gate {
  return (handler) =>
    async (request, sender = NOBODY) => {
      const { pathname } = new URL(request.url);
      const { access, log } = keeping;
      if (isOpen(pathname) || (pathname === '/metrics' && access.hasOpenMetrics)) {
        return handler(request, nobodyAt(sender));
      }
      const authorization = request.headers.get('authorization') ?? undefined;
      const caller = await keeping.verifyCaller({ authorization, sender });
      if (typeof caller === 'string') {
        if (caller === 'refused') log.warn('denied', { from: sender.address, path: pathname, reason: 'not believed' });
        return refusal(pathname, 'unauthenticated');
      }
      const actor = actorOf(access, caller, sender.address);
      const denied = deniedReason(actor, request.method, pathname);
      if (denied === undefined) return handler(request, actor);
      log.warn('denied', { who: actor.name, from: actor.from, method: request.method, path: pathname, reason: denied });
      return refusal(pathname, 'forbidden', `${actor.name} ${denied}`);
    };
}

const OPEN: ReadonlySet<string> = new Set(['/', '/healthz', '/readyz', '/v1/service']);

const isOpen = (pathname: string): boolean => OPEN.has(pathname) || pathname.startsWith('/console/');

const nobodyAt = ({ address }: Sender): Actor => ({
  name: 'anonymous',
  from: address,
  rights: { isReader: false, edits: new Set(), editsSecrets: new Set(), dumpsOf: new Set() },
});

/** What a workload may look at without any role: what proxies of its namespace were given. Whose proxy it is is asked where it is found. */
const DUMP = /^\/v1\/proxies\/.+\/(config-dump|names|scope)$/;

/** Why the request may not be made at all; what may be written is asked for each object. */
function deniedReason({ rights }: Actor, method: string, pathname: string): string | undefined {
  if (rights.isReader) {
    const mayWrite = rights.edits === 'everything' || rights.edits.size > 0;
    return isRead(method, pathname) || mayWrite ? undefined : 'is a reader, and may write nothing';
  }
  if (rights.dumpsOf.size > 0 && method === 'GET' && DUMP.test(pathname)) return undefined;
  return 'has no role that allows this; roles are given in the access file';
}

/** Questions about a request are asked with a POST, and change nothing. */
const isRead = (method: string, pathname: string): boolean =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && /^\/v1\/proxies\/.+\/explain$/.test(pathname));
