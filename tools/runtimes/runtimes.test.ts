import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tell, tellInWorker, withFile } from './run.ts';
import { runtimes, whyNotEverywhere } from './runtimes.ts';
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
});
