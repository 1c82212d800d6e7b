import type { SourceFile } from './source-file.ts';

/**
 * Casts to a branded type in more than one file. A brand says that one function has checked or made the value; with a
 * second place that casts, it says nothing.
 */
export function scatteredBrandCasts(files: readonly SourceFile[]): string[] {
  const brands = files.flatMap(({ text }) =>
    [...text.matchAll(/^export type (\w+)(?:<[^>]*>)? = Brand</gm)].map(([, name = '']) => name),
  );
  return brands.flatMap((brand) => {
    const cast = new RegExp(`\\bas ${brand}\\b`);
    const places = files.filter(({ text }) => cast.test(withoutImports(text))).map(({ path }) => path);
    return places.length > 1 ? [`${brand} is cast in ${places.join(', ')}`] : [];
  });
}

/** `import { a as b }` is no cast. */
function withoutImports(text: string): string {
  return text.replace(/^import [^;]*;$/gm, '');
}
