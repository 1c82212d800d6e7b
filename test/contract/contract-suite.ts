import { describe, type TestContext, test } from 'node:test';

/** Opens a fresh, empty adapter for one test and registers its clean-up with `t.after`. */
export type Open<Adapter> = (t: TestContext) => Adapter | Promise<Adapter>;

export interface SuiteOptions {
  /** Why nothing here can run on this machine; false when it can. */
  readonly skip?: string | false;
  /** What this store is known not to do: title of the test -> reason. A title that no test has fails the suite. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** The promises of a port, one per title; each is checked on an adapter of its own. */
export type Promises<Adapter> = Readonly<Record<string, (adapter: Adapter) => Promise<void>>>;

/** Runs the promises of one port against one adapter. */
export function contractSuite<Adapter>(
  name: string,
  { open, promises, options = {} }: { open: Open<Adapter>; promises: Promises<Adapter>; options?: SuiteOptions },
): void {
  const { skip = false, exceptions = {} } = options;
  const unknown = Object.keys(exceptions).filter((title) => !(title in promises));
  if (unknown.length > 0) throw new Error(`exceptions of ${name} name no test: ${unknown.join('; ')}`);
  describe(name, { skip }, () => {
    for (const [title, check] of Object.entries(promises)) {
      test(title, { skip: exceptions[title] ?? false }, async (t) => check(await open(t)));
    }
  });
}
