/** Whether this runs where nothing may be left out silently (`CI` is set, and not to false). */
export function isCi(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}
