import { getBorderCharacters, table } from 'table';

/** A table as kubectl prints one: columns aligned by spaces, no lines, so that `awk` and eyes can read it. */
export function alignedRows(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const text = table(
    [head, ...rows].map((row) => [...row]),
    {
      border: getBorderCharacters('void'),
      columnDefault: { paddingLeft: 0, paddingRight: 3 },
      drawHorizontalLine: () => false,
    },
  );
  return text.replaceAll(/ +$/gm, '');
}
