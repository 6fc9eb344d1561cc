import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeVm, tell, tellInEdgeVm, tellInWorker, withFile } from './run.ts';
import { runtimes, vercelEdge, whyNotEverywhere, workerd } from './runtimes.ts';
import type { Told } from './told/step.ts';

const everywhere = [
  'WebCrypto',
  'a hash of another runtime',
  'register',
  'confirm',
  'log in',
  'session',
  'reset',
  'log out',
  'random',
  'Hono',
];
const onSockets = [...everywhere, 'Express on a socket', 'Hono on a socket'];
const fine = (steps: readonly string[]): readonly Told[] => steps.map((step) => ({ step, fault: null }));

const reason = whyNotEverywhere();
if (reason !== null) console.warn(`not everywhere: ${reason}`);

describe('the story of the core and its adapters', () => {
  let path = '';
  let done = (): void => {};
  beforeAll(
    () =>
      new Promise<void>((resolve, reject) => {
        withFile((file) => {
          path = file;
          resolve();
          return new Promise<void>((end) => {
            done = end;
          });
        }).catch(reject);
      }),
    60_000,
  );
  afterAll(() => done());

  for (const { name, command } of runtimes) {
    it.skipIf(command === null)(`is the same on ${name}`, { timeout: 90_000 }, async () => {
      if (command !== null) expect(await tell(command, path)).toEqual(fine(onSockets));
    });
  }

  it('is the same on workerd', { timeout: 90_000 }, async () => {
    expect(await tellInWorker()).toEqual(fine(everywhere));
  });

  it("is the same in Vercel's edge runtime", { timeout: 120_000 }, async () => {
    expect(await tellInEdgeVm()).toEqual(fine(everywhere));
  });

  it.each([workerd, vercelEdge])('leaves nothing out on $name without a reason', ({ leftOut }) => {
    const untold = onSockets.filter((step) => !everywhere.includes(step));
    expect(Object.keys(leftOut)).toEqual(expect.arrayContaining(untold));
  });
});

describe("Vercel's edge runtime, as it is run here", () => {
  it.each(['process', 'Buffer', 'require', 'module', 'setImmediate'])('has no %s', async (name) => {
    expect((await edgeVm()).evaluate(`typeof ${name}`)).toBe('undefined');
  });

  it.each(["eval('1')", "new Function('return 1')"])('makes no code from strings: %s', async (code) => {
    const vm = await edgeVm();
    expect(() => vm.evaluate(code)).toThrow('Code generation from strings disallowed');
  });

  it.each(['Request', 'Response', 'Headers', 'Map', 'Promise'])('has a %s of its own', async (name) => {
    expect((await edgeVm()).evaluate(name)).not.toBe(Reflect.get(globalThis, name));
  });
});
