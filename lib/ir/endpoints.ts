export interface EndpointsIr {
  readonly name: string;
}
