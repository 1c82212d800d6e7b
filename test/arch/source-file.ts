/** One file of the repository, or of a sample that a rule must object to. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}
