import type { FindingLog } from './finding.ts';
import { checkPort } from './name-checks.ts';
import { checkRegex } from './string-match-checks.ts';
import type { HttpDirectResponse, HttpMatchRequest, HttpRedirect, HttpRewrite } from './virtual-service-spec.ts';

/** VS-31: a redirect says where to, in one way. */
export function checkRedirect(log: FindingLog, redirect: HttpRedirect, matches: readonly HttpMatchRequest[]): void {
  const { uri = '', authority = '', prefixRewrite = '', scheme = '', redirectCode = 0, port, derivePort } = redirect;
  if (uri !== '' && prefixRewrite !== '') {
    log.error('CONFLICT', 'redirect may only specify one of uri or prefix_rewrite; keep one');
  }
  if (prefixRewrite !== '' && matches.some((match) => match.uri !== undefined && match.uri.prefix === undefined)) {
    const message = 'redirect prefix_rewrite requires all URI matches to use prefix match type';
    log.at('prefixRewrite').error('CONFLICT', message);
  }
  if ([uri, prefixRewrite, authority, scheme].every((text) => text === '') && (port ?? derivePort) === undefined) {
    log.error('REQUIRED', 'redirect must specify URI, authority, scheme, or port');
  }
  if (redirectCode !== 0 && (redirectCode < 300 || redirectCode > 399)) {
    log.at('redirectCode').error('INVALID_VALUE', `${redirectCode} is not a valid redirect code, must be 3xx`);
  }
  if (!['', 'http', 'https'].includes(scheme)) {
    log.at('scheme').error('INVALID_VALUE', 'invalid redirect scheme, must be "http" or "https"');
  }
  if (port !== undefined && port > 0) checkPort(log.at('port'), port);
  if (port !== undefined && derivePort !== undefined) {
    log.error('CONFLICT', 'only one of port and derivePort may be set; keep one');
  }
}

/** VS-31 */
export function checkRewrite(log: FindingLog, rewrite: HttpRewrite): void {
  const { uri = '', authority = '', uriRegexRewrite } = rewrite;
  if (uri !== '' && uriRegexRewrite !== undefined) {
    log.error('CONFLICT', 'rewrite may only contain one of URI or UriRegexRewrite; keep one');
  }
  if (uri === '' && uriRegexRewrite === undefined && authority === '') {
    const message =
      'rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of URI or UriRegexRewrite may be specified';
    log.error('REQUIRED', message);
  }
  if (uriRegexRewrite === undefined) return;
  const { match = '', rewrite: replacement = '' } = uriRegexRewrite;
  if (match === '' || replacement === '') {
    const message = 'UriRegexRewrite requires both Rewrite and Match fields to be specified';
    log.at('uriRegexRewrite').error('REQUIRED', message);
  } else checkRegex(log.at('uriRegexRewrite.match'), match);
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** VS-31: an answer made by the proxy itself. Its body is part of the configuration that every poll may carry. */
export function checkDirectResponse(log: FindingLog, response: HttpDirectResponse): void {
  const { status = 0, body } = response;
  checkHttpStatus(log.at('status'), status);
  if (body === undefined) return;
  if (body.string !== undefined && body.bytes !== undefined) {
    log.at('body').error('CONFLICT', 'only one of string and bytes may be set; keep one');
  }
  const size =
    body.bytes === undefined ? new TextEncoder().encode(body.string ?? '').length : (body.bytes.length * 3) / 4;
  if (size > MiB) {
    const message =
      'large direct_responses may impact control plane performance, must be less than 1MB; serve the body from a backend';
    log.at('body').error('INVALID_VALUE', message);
  } else if (size > 100 * KiB) {
    log.at('body').warning('INVALID_VALUE', 'large direct_responses may impact control plane performance');
  }
}

/** 600 passes although the text says 599: Istio's admission lets it through, and people's files rely on that. */
export function checkHttpStatus(log: FindingLog, status: number): void {
  if (status < 200 || status > 600) log.error('INVALID_VALUE', `HTTP status ${status} is not in range 200-599`);
}
