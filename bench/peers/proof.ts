import type { Contender } from './contender.ts';
import type { Running } from './mounted.ts';

/** Why a contender must not be measured; empty = it lets in whom it should, refuses whom it should, and answers the same. */
export const faultsOf = async ({ name, refuses }: Contender, server: Running): Promise<readonly string[]> => {
  const faults: string[] = [];
  const { credentials, userId, check, url } = server;
  const expected = JSON.stringify({ user: { id: userId } });
  const ask = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const response = await fetch(url, { headers });
    const body = await response.text();
    return response.status === 200 ? body : String(response.status);
  };
  const expect = (what: string, wanted: string, had: string | null): void => {
    if (had !== wanted) faults.push(`${name}, ${what}: ${had} instead of ${wanted}`);
  };
  if (userId === '') faults.push(`${name}: nobody is signed in`);
  expect('signed in', expected, await ask(credentials));
  if (check !== null) expect('signed in, in process', userId, await check(credentials));
  if (!refuses) return faults;
  expect('without credentials', '401', await ask({}));
  expect('with forged credentials', '401', await ask(forged(credentials)));
  if (check !== null) {
    expect('without credentials, in process', 'nobody', (await check({})) ?? 'nobody');
    expect('with forged credentials, in process', 'nobody', (await check(forged(credentials))) ?? 'nobody');
  }
  return faults;
};

/** As long as the real ones, and of the same form: one character in the middle of each value is another. */
export const forged = (credentials: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, value.split('; ').map(forgedValue).join('; ')]),
  );

const forgedValue = (pair: string): string => {
  const at = Math.floor((pair.length + pair.indexOf('=') + 1) / 2);
  return `${pair.slice(0, at)}${pair[at] === 'A' ? 'B' : 'A'}${pair.slice(at + 1)}`;
};
