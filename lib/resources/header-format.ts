import { unreachable } from '../base/unreachable.ts';

/**
 * What Envoy would say against a header value with variables: `%VAR%`, `%VAR(text)%`, `%VAR(["a", "b"])%`, `%%` for a percent
 * sign. Only the form is checked; which variables there are is Envoy's business.
 * Source: Envoy's page "HTTP header manipulation", section on custom headers.
 */
export function headerFormatProblem(value: string): string | undefined {
  let state: State = 'literal';
  for (let at = 0; at < value.length; at += 1) {
    const next = step(state, value, at);
    if ('problem' in next) return next.problem;
    state = next.state;
    if (next.skips) at += 1;
  }
  return state === 'literal' ? undefined : `Un-terminated variable expression '${value}'; write %% for a percent sign`;
}

type State = 'literal' | 'name' | 'arguments' | 'quote' | 'text' | 'comma' | 'parenthesis' | 'end';
type Step = { readonly state: State; readonly skips?: boolean } | { readonly problem: string };

/** One character further. `skips` takes the following character along, because this one escapes it. */
function step(state: State, value: string, at: number): Step {
  const char = value.charAt(at);
  const isLast = at + 1 === value.length;
  switch (state) {
    case 'literal':
      if (char !== '%') return { state };
      if (isLast) return { problem: 'Un-escaped %; write %% for a percent sign' };
      return value.charAt(at + 1) === '%' ? { state, skips: true } : { state: 'name' };
    case 'name':
      return { state: char === '%' ? 'literal' : char === '(' ? 'arguments' : state };
    case 'arguments':
      return { state: char === '[' ? 'quote' : char === ' ' ? state : 'text' };
    case 'text':
      if (char !== '\\') return { state: char === ')' ? 'end' : char === '"' ? 'comma' : state };
      return isLast ? { problem: 'Un-terminated backslash in JSON string' } : { state, skips: true };
    case 'quote':
    case 'comma':
    case 'parenthesis':
    case 'end':
      return expect(state, char);
    default:
      return unreachable(state);
  }
}

/** States in which only some characters, or a space, may follow. */
const expected: Readonly<Record<'quote' | 'comma' | 'parenthesis' | 'end', Readonly<Record<string, State>>>> = {
  quote: { '"': 'text' },
  comma: { ',': 'quote', ']': 'parenthesis' },
  parenthesis: { ')': 'end' },
  end: { '%': 'literal' },
};

function expect(state: keyof typeof expected, char: string): Step {
  if (char === ' ') return { state };
  const next = expected[state][char];
  if (next !== undefined) return { state: next };
  const wanted = Object.keys(expected[state]).map((each) => `'${each}'`);
  return { problem: `Expecting ${wanted.join(', ')} or whitespace, not '${char}'` };
}

/** Whether a text has characters that no header value may have. */
export function hasControlCharacters(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value);
}
