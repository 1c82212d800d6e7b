// @ts-check

/**
 * What the page reads of the service's answers. Fields that a release before or after this one may lack are optional.
 *
 * @typedef {object} Revision
 * @property {number} revision
 * @property {string} time
 * @property {string} writer
 * @property {string} [message]
 * @property {Readonly<Record<string, number>>} [counts]
 * @property {number} [objects]
 *
 * @typedef {object} Change
 * @property {string} kind
 * @property {string} namespace
 * @property {string} name
 * @property {string} action
 * @property {unknown} [before]
 * @property {unknown} [after]
 *
 * @typedef {object} TypeStatus
 * @property {string} status
 * @property {string} [name]
 * @property {number} [loops]
 * @property {string} [sent]
 * @property {string} [acked]
 * @property {string} [rejected]
 * @property {string} [reason] Why the proxy did not take it, where it said so.
 * @property {readonly Suspect[]} [suspects]
 * @property {string} [heldSince] Since when it is not given what it would be, because it has not shown the clusters for it.
 * @property {boolean} [forced] Whether it was given what it was not ready for, because it had waited for too long.
 *
 * @typedef {string | { readonly kind?: string, readonly namespace?: string, readonly name?: string }} Suspect
 *
 * @typedef {object} Proxy
 * @property {string} id
 * @property {string} type
 * @property {string} namespace
 * @property {string} view
 * @property {string} status
 * @property {number} [snapshotRevision]
 * @property {string} lastPolledAt
 * @property {Readonly<Record<string, TypeStatus>>} types
 *
 * @typedef {object} View
 * @property {string} key
 * @property {string} type
 * @property {string} namespace
 * @property {Readonly<Record<string, string>>} [labels]
 * @property {number} proxies
 * @property {number} snapshotRevision
 * @property {string} [publishedAt]
 * @property {Readonly<Record<string, number>>} [resources]
 * @property {string} [failure]
 *
 * How far the newest revision came, and when; times that are still to come are absent.
 * @typedef {object} Propagation
 * @property {number} revision
 * @property {string} [builtAt]
 * @property {string} [firstAt]
 * @property {string} [halfAt]
 * @property {string} [allAt]
 *
 * @typedef {object} ObjectCondition
 * @property {string} type
 * @property {string} status
 * @property {string} [reason]
 * @property {string} [message]
 * @property {string} [lastTransitionTime]
 *
 * @typedef {object} StatedObject
 * @property {string} kind
 * @property {string} namespace
 * @property {string} name
 * @property {readonly ObjectCondition[]} conditions
 *
 * @typedef {{ readonly objects: readonly StatedObject[], readonly total: number, readonly troubled: number }} ObjectList
 * @typedef {{ readonly version: string, readonly identity: string }} Service
 * @typedef {{ readonly revisions: readonly Revision[], readonly before?: number }} RevisionPage
 * @typedef {{ readonly revision: number, readonly buildFailed?: boolean, readonly views: readonly View[] }} ViewList
 * @typedef {{ readonly revision: number, readonly proxies: readonly Proxy[], readonly propagation?: Propagation }} ProxyList
 * @typedef {{ readonly from: number, readonly to: number, readonly changes: readonly Change[] }} Difference
 */

/** The service did not answer, or not with what was asked for; the message is for people. */
export class Unanswered extends Error {
  /** @override */
  name = 'Unanswered';
}

/** The service asks who reads; only a token can be given here. */
export class TokenWanted extends Unanswered {}

/** What proves to the service who reads. It is in this page alone, and gone with it. */
let token = '';

/** @param {string} text */
export const useToken = (text) => {
  token = text.trim();
};

/** How long one answer may take, in milliseconds. */
const PATIENCE_MS = 15_000;

/** By how much the service's clock is ahead of this machine's, in milliseconds. */
let clockLead = 0;

/** What time it is where the times that are shown were taken. */
export const serviceNow = () => Date.now() + clockLead;

/** @returns {Promise<Service>} */
export const readService = () => read('v1/service');

/**
 * @param {{ limit: number, before?: number }} page
 * @returns {Promise<RevisionPage>}
 */
export const readRevisions = ({ limit, before }) =>
  read(`v1/revisions?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);

/**
 * @param {number} revision
 * @returns {Promise<Difference>}
 */
export const readDifference = (revision) => read(`v1/revisions/${revision}/diff`);

/** @returns {Promise<ObjectList>} */
export const readObjects = () => read('v1/objects');

/** @returns {Promise<ViewList>} */
export const readViews = () => read('v1/views');

/** @returns {Promise<ProxyList>} */
export const readProxies = () => read('v1/proxies');

/**
 * Paths are relative, so that the page works behind a prefix.
 * @template T
 * @param {string} path
 * @returns {Promise<T>}
 */
async function read(path) {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(path, { signal, cache: 'no-store', headers }).catch(() => {
    throw new Unanswered('The service does not answer.');
  });
  const at = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(at) && Math.abs(at - Date.now()) > MAX_CLOCK_SKEW_MS) clockLead = at - Date.now();
  /** @type {unknown} */
  const body = await answer.json().catch(() => undefined);
  if (answer.ok && typeof body === 'object' && body !== null) return /** @type {T} */ (body);
  if (answer.status === 401) {
    throw new TokenWanted(token === '' ? 'The service asks who you are.' : 'The service does not believe this token.');
  }
  const reason = hasMessage(body) ? `: ${body.message}` : '';
  throw new Unanswered(`The service answered ${answer.status} to ${path}${reason}.`);
}

/**
 * @param {unknown} body
 * @returns {body is { readonly message: string }}
 */
const hasMessage = (body) =>
  typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string';

/** The header counts whole seconds, so that less than this is no difference. */
const MAX_CLOCK_SKEW_MS = 2_000;
