import ts from 'typescript';
import type { SourceFile } from './source-file.ts';

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

/**
 * State at the top of a module: a `let`, an empty collection (it can only be there to be filled), and a filled one
 * that its type does not make readonly. A module with state would give the second caller what the first one left.
 */
export function moduleState({ path, text }: SourceFile): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => {
    const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
    return declarationList.declarations
      .filter((declaration) => !isConst || holdsState(declaration))
      .map((declaration) => `${declaration.name.getText(source)} keeps state`);
  });
}

function holdsState({ initializer, type }: ts.VariableDeclaration): boolean {
  if (initializer === undefined) return false;
  const typeText = type?.getText() ?? '';
  if (ts.isNewExpression(initializer) && collections.has(initializer.expression.getText())) {
    const isEmpty = initializer.arguments === undefined || initializer.arguments.length === 0;
    return (isEmpty || !/^Readonly(Map|Set)\b/.test(typeText)) && !/^Readonly(Map|Set)\b/.test(typeText);
  }
  const isEmptyArray = ts.isArrayLiteralExpression(initializer) && initializer.elements.length === 0;
  const isEmptyObject = ts.isObjectLiteralExpression(initializer) && initializer.properties.length === 0;
  return (isEmptyArray || isEmptyObject) && !/\breadonly\b|^Readonly|^Labels$/.test(typeText);
}
