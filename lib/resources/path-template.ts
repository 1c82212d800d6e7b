import { quoted } from '../base/quoted.ts';

const ONE_SEGMENT = '{*}';
const ANY_SEGMENTS = '{**}';

/** What a segment of a path may be made of: RFC 3986's pchar, without the star, which a template would read as an operator. */
const LITERAL = /^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/;

/** Whether a path is a template: some part of it stands for a segment, or for several. */
const hasPathTemplate = (path: string): boolean => path.includes(ONE_SEGMENT) || path.includes(ANY_SEGMENTS);

/** VAL-10 */
export function pathTemplateProblem(path: string): string | undefined {
  const isTemplate = hasPathTemplate(path);
  let hasAny = false;
  for (const segment of path.replace(/^\/+|\/+$/g, '').split('/')) {
    if (segment === ONE_SEGMENT || segment === ANY_SEGMENTS) {
      if (hasAny) return `invalid path ${path}: {**} is not the last operator; write it once, behind every {*}`;
      hasAny = segment === ANY_SEGMENTS;
    } else if (/[{}]/.test(segment)) {
      return `invalid path ${path}: braces stand for a whole segment alone, as {*} or {**}`;
    } else if (isTemplate && !LITERAL.test(segment)) {
      return `invalid path ${path}: ${quoted(segment)} is no segment of a path beside {*} and {**}`;
    }
  }
  return undefined;
}
