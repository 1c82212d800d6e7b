/** One line of the benchmark table. `ratio` is `value` divided by the floor that was measured in the same run. */
export interface BenchRow {
  readonly bench: string;
  /** Services in the mesh; 0 where the mesh does not matter. */
  readonly services: number;
  readonly unit: string;
  readonly value: number;
  readonly floor: number | undefined;
  readonly floorIs: string;
  /**
   * Of a server under load: the share of one core that it used. Where that is clearly below 1 the load generator or the machine
   * set the rate, and the processor time per request says more.
   */
  readonly busy?: number;
}
