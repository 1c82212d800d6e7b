import type { Sender } from '../../base/sender.ts';
import type { Actor } from '../identity/rights.ts';

/** What every HTTP part of the service is that answers everybody alike. */
export type HttpHandler = (request: Request) => Promise<Response>;

/** The whole service, or a part that finds out itself who asks: told what the front door found out about who sends the request. */
export type SentHandler = (request: Request, sender?: Sender) => Promise<Response>;

/** A part that is told who asks, and what they may do. */
export type ActorHandler = (request: Request, actor: Actor) => Promise<Response>;
