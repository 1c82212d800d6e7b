/** Rules under one heading of a catalog, in their order. */
export interface CatalogSection {
  readonly title: string;
  readonly ruleIds: readonly string[];
}

const heading = /^#{1,6}\s+(.*\S)/;
const rule = /^\s*[-*|]\s*\**([A-Z]{1,6}-\d+[a-z]?)\b/;

/**
 * Reads the rule IDs of a catalog: list items (or table rows) that start with an ID such as VS-12. Sections without a
 * rule are left out; an ID that stands twice counts where it stands first.
 */
export function readCatalog(markdown: string): CatalogSection[] {
  const sections: { title: string; ruleIds: string[] }[] = [{ title: '', ruleIds: [] }];
  const seen = new Set<string>();
  for (const line of markdown.split('\n')) {
    const [, title] = heading.exec(line) ?? [];
    if (title !== undefined) sections.push({ title, ruleIds: [] });
    const [, id] = rule.exec(line) ?? [];
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    sections.at(-1)?.ruleIds.push(id);
  }
  return sections.filter(({ ruleIds }) => ruleIds.length > 0);
}
