export interface RouteConfigurationIr {
  readonly name: string;
}
