import type { DocumentIssue } from '../config/document-issue.ts';
import { type KindNames, qualified } from '../config/kind-names.ts';

/** Words that clients of Kubernetes switch on, with the HTTP status of each. Source: Kubernetes API, `Status.reason`. */
const statusCodes = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  InternalError: 500,
  ServiceUnavailable: 503,
} as const;

export type StatusReason = keyof typeof statusCodes;

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly retryAfterSeconds?: number;
}

/** An error in the form of the Kubernetes API. */
export function failure(reason: StatusReason, message: string, details?: StatusDetails): Response {
  const code = statusCodes[reason];
  const headers = details?.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(details.retryAfterSeconds) };
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
  return Response.json(body, { status: code, headers });
}

export function notAcceptable(): Response {
  const message =
    'only the following media types are answered: application/json, also as Table or PartialObjectMetadata';
  return failure('NotAcceptable', message);
}

export function success(details: StatusDetails): Response {
  return Response.json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** One object in the words of Kubernetes' messages: `virtualservices.networking.istio.io "reviews"`. */
export const called = ({ plural, group }: KindNames, name: string): string => `${qualified(plural, group)} "${name}"`;

export const detailsOf = ({ plural, group }: KindNames, name: string): StatusDetails => ({
  name,
  ...(group !== '' && { group }),
  kind: plural,
});

/** CS-8: everything that is wrong with an object, in full and at once. */
export function invalid(names: KindNames, name: string, errors: readonly DocumentIssue[]): Response {
  const causes = errors.map(({ path, message }) => ({ reason: 'FieldValueInvalid', message, field: path }));
  const all = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  const message = `${qualified(names.documentKind, names.group)} "${name}" is invalid: ${all}`;
  return failure('Invalid', message, { ...detailsOf(names, name), kind: names.documentKind, causes });
}

/** Warnings of the API server travel in headers, which hold printable ASCII. Source: Kubernetes API, warning headers. */
export function withWarnings(response: Response, warnings: readonly DocumentIssue[]): Response {
  for (const { path, message } of warnings) {
    const text = (path === '' ? message : `${path}: ${message}`).replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&');
    response.headers.append('Warning', `299 - "${text}"`);
  }
  return response;
}
