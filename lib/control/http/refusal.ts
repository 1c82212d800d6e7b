import { jsonResponse } from './json-response.ts';

/** The answer to somebody who may not pass, in the form that errors at the path have: a Kubernetes Status, or ours. */
export function refusal(pathname: string, why: 'unauthenticated' | 'forbidden', message = NOT_PROVEN): Response {
  const { status, code, reason } = WORDS[why];
  const isKubernetes = /^\/(apis?|openapi|version)(\/|$)/.test(pathname);
  const body = isKubernetes
    ? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status }
    : { code, message };
  const response = jsonResponse(status, body);
  if (why === 'unauthenticated') response.headers.set('www-authenticate', 'Bearer realm="pilotless"');
  return response;
}

const NOT_PROVEN =
  'prove who you are: send a bearer token (--token, PILOTLESS_TOKEN), or come with a client certificate';

const WORDS = {
  unauthenticated: { status: 401, code: 'UNAUTHENTICATED', reason: 'Unauthorized' },
  forbidden: { status: 403, code: 'FORBIDDEN', reason: 'Forbidden' },
} as const;
