export type Labels = Readonly<Record<string, string>>;

/** HN-14: every pair of the selector is among the labels; an empty or absent selector selects everything. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** As people write labels in selectors: `a=b, c=d`. */
export const printLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
