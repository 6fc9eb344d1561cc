/** Better Auth asks the global `Date`: moving it is how a test of it waits. */
export interface MovableDate {
  advance(ms: number): void;
}

/** Puts a `Date` that can be moved in the place of this process's. For a process of its own. */
export const moveDate = (): MovableDate => {
  const Real = Date;
  let ahead = 0;
  const now = (): number => Real.now() + ahead;
  // Behind a proxy and not a subclass: what was made before the change is still an instance.
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: readonly unknown[], as) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, as === globalThis.Date ? target : as),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  return {
    advance: (ms) => {
      ahead += ms;
    },
  };
};
