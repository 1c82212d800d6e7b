/**
 * How a stage uses again what it made before. A stage asks; whoever runs it says what is remembered. With `noMemory`
 * everything is made anew, and every result is the same (BLD-4): what is made may depend on nothing but what is handed over.
 */
export interface StageMemory {
  /** What a kind makes of an argument: the same object for an argument of the same content. */
  piece<Argument extends object, Made extends object>(kind: PieceKind<Argument, Made>, argument: Argument): Made;
  /** The same for a list of arguments, one piece each. A list that is like the last one of this build's view costs least. */
  pieces<Argument extends object, Made extends object>(
    kind: PieceKind<Argument, Made>,
    list: readonly Argument[],
  ): readonly Made[];
  /** What is made of one object, for as long as it lives. `slot` names what is made of it; there are few of them. */
  derived<Source extends object, Made extends object>(slot: string, of: Source, make: (of: Source) => Made): Made;
  /**
   * What is made of several values that are themselves pieces or inputs: the same object for the same values in the same
   * order. `slot` names what is made of them, with all else that it depends on.
   */
  combined<Item extends object, Made extends object>(
    slot: string,
    items: readonly Item[],
    make: (items: readonly Item[]) => Made,
  ): Made;
  /** As `combined`, of a list whose value can also be had from the last one's where little of the list changed. */
  amended<Item extends object, Made extends object>(
    slot: string,
    items: readonly Item[],
    maker: AmendingMaker<Item, Made>,
  ): Made;
  /** The first object of the same content. */
  same<Value extends object>(value: Value): Value;
}

/**
 * One sort of piece. Its argument is all that `make` can see, and the key is made of all of the argument: a key that forgets
 * an input cannot be written. Members are immutable values, objects among them plain JSON.
 */
export interface PieceKind<Argument extends object, Made extends object> {
  /** Unique among the kinds; stands in keys and counts. */
  readonly name: string;
  /** The xDS type that the pieces belong to (XC-1). */
  readonly type: string;
  readonly make: (argument: Argument) => Made;
  /** Keys of the documents that the argument came from; what an invalidation by name goes by (XC-5, XC-13). */
  readonly configs: (argument: Argument) => readonly string[];
}

/** Makes a value of a list, from nothing or from what was made of another list: the same value either way. */
export interface AmendingMaker<Item extends object, Made extends object> {
  readonly make: (items: readonly Item[]) => Made;
  /** `undefined` where it is not worth it, or not to be had that way. */
  readonly amend: (before: MadeOf<Item, Made>, items: readonly Item[]) => Made | undefined;
}

export interface MadeOf<Item extends object, Made extends object> {
  readonly items: readonly Item[];
  readonly made: Made;
}

export const noMemory: StageMemory = {
  piece: ({ make }, argument) => make(argument),
  pieces: ({ make }, list) => list.map((argument) => make(argument)),
  derived: (_slot, of, make) => make(of),
  combined: (_slot, items, make) => make(items),
  amended: (_slot, items, { make }) => make(items),
  same: (value) => value,
};
