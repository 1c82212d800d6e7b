import { hasControlCharacters, headerFormatProblem } from '../header-format.ts';

/** Control characters have no place in a header; a lone percent sign is what Envoy would refuse the whole route for. */
export function headerValueProblem(value: string): string | undefined {
  if (hasControlCharacters(value)) return 'header value contains invalid characters';
  return headerFormatProblem(value);
}
