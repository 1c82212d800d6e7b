export interface ClusterIr {
  readonly name: string;
}
