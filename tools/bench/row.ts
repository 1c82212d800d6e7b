/** One line of the benchmark table. `ratio` is `value` divided by the floor that was measured in the same run. */
export interface BenchRow {
  readonly bench: string;
  /** Services in the mesh; 0 where the mesh does not matter. */
  readonly services: number;
  readonly unit: string;
  readonly value: number;
  readonly floor: number | undefined;
  readonly floorIs: string;
}
