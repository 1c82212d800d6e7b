/** A text in quotes and on one line, cut where it gets long: messages are read by people. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
