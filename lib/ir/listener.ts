export interface ListenerIr {
  readonly name: string;
}
