import { headerFormatProblem } from '../header-format.ts';

/** Control characters have no place in a header; a lone percent sign is what Envoy would refuse the whole route for. */
export function headerValueProblem(value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return 'header value contains invalid characters';
  return headerFormatProblem(value);
}
