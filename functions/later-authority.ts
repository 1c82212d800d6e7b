import { isAuthorityPath } from '../lib/control/authority/authority-paths.ts';
import type { SentHandler } from '../lib/control/http/http-handler.ts';
import type { LocalAuthority, LocalAuthorityParts } from './local-authority.ts';

/** The authority in a process that lives long; a timer stands in for that of the cloud. */
export interface LaterAuthority {
  /** Answers the paths of the authority, and leaves the others to the rest of the service. */
  beside(rest: SentHandler): SentHandler;
  /** Looks after the roots from now on. */
  start(): void;
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Loads the authority, and the library for certificates with it, when it is asked for: most starts do without. */
export function laterAuthority(parts: LocalAuthorityParts): LaterAuthority {
  const { log, identity } = parts;
  const { rotationCheck: every } = parts.settings ?? identity.authority;
  let loaded: Promise<LocalAuthority> | undefined;
  const authority = (): Promise<LocalAuthority> =>
    (loaded ??= import('./local-authority.ts').then(({ localAuthority }) => localAuthority(parts)));
  let timer: NodeJS.Timeout | undefined;
  let newest: Promise<void> = Promise.resolve();
  const tend = async (): Promise<void> => {
    try {
      await (await authority()).tend();
    } catch (error) {
      log.error('authority-not-tended', { error }); // the old root goes on, and the next look may find all well
    }
  };
  const later = (pause: number): void => {
    timer = setTimeout(() => {
      newest = tend();
      later(every);
    }, pause);
  };
  return {
    beside: (rest) => async (request, sender) =>
      isAuthorityPath(new URL(request.url).pathname)
        ? (await authority()).answer(request, sender)
        : rest(request, sender),
    start() {
      // Not at once: processes that start together do not all look at the same moment (CA-10).
      if (every > 0) later(every * Math.random());
    },
    async stop() {
      clearTimeout(timer);
      await newest;
    },
  };
}
