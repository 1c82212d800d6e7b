import { kindCalled, kindNames, type KindNames } from '../control/config/kind-names.ts';
import { CliFailure } from './cli-failure.ts';

/** What someone asks for by `vs`, `vs,dr`, `vs reviews ratings` or `vs/reviews svc/reviews`. */
export interface ObjectArgument {
  readonly names: KindNames;
  /** Absent for all objects of the kind. */
  readonly name?: string;
}

/** Reads the arguments of `get` and `delete` as kubectl takes them. */
export function readObjectArguments(words: readonly string[]): readonly ObjectArgument[] {
  const [first = '', ...rest] = words;
  if (first === '') throw new CliFailure('usage', `say which kind: ${kindWords()}`);
  if (words.some((word) => word.includes('/'))) return words.map(slashed);
  const kinds = first === 'all' ? kindNames : first.split(',').map(kindOf);
  return rest.length === 0
    ? kinds.map((names) => ({ names }))
    : kinds.flatMap((names) => rest.map((name) => ({ names, name })));
}

function slashed(word: string): ObjectArgument {
  const [kind = '', name = '', ...more] = word.split('/');
  if (kind === '' || name === '' || more.length > 0) {
    throw new CliFailure('usage', `"${word}" is not kind/name, as the other arguments are`);
  }
  return { names: kindOf(kind), name };
}

function kindOf(word: string): KindNames {
  const names = kindCalled(word);
  if (!names) throw new CliFailure('usage', `there is no kind "${word}"; kinds are ${kindWords()}`);
  return names;
}

const kindWords = (): string => kindNames.map(({ plural }) => plural).join(', ');
