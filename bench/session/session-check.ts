import { createHash } from 'node:crypto';
import { createAuth, memoryStores, password } from '@sallyport/core';
import { type Figure, interleave, microsecondsEach } from '../measure.ts';

const calls = 20_000;

/** A session check in process beside the work that it cannot avoid: one SHA-256 of the cookie, one look-up in a map. */
export const sessionCheck = async (rounds: number): Promise<Readonly<Record<string, Figure>>> => {
  const auth = createAuth({
    mode: 'development',
    origin: 'https://app.example.com',
    secrets: `1:${createHash('sha256').update('bench').digest('base64url')}`,
    stores: memoryStores(),
    notifier: { send: async () => {} },
    registration: 'open',
    features: [password()],
  });
  const signedIn = await auth.api.register(
    { email: 'bench@example.com', password: 'correct horse battery staple' },
    new Headers(),
    { peer: '127.0.0.1' },
  );
  const cookie = signedIn.cookies.map((one) => one.split(';', 1)[0]).join('; ');
  const source = { get: (name: string) => (name === 'cookie' ? cookie : null) };
  const headers = new Headers({ cookie });
  if ((await auth.authenticate(source)) === null) throw new Error('the bench is not signed in');

  const text = `session\0${cookie.slice(cookie.indexOf('v1.') + 3).split(';', 1)[0]}`;
  const id = () => createHash('sha256').update(text).digest('base64url');
  const sessions = new Map([[id(), {}]]);
  return interleave(
    {
      'floor: node:crypto SHA-256 and a map': () => microsecondsEach(calls, async () => sessions.get(id())),
      'authenticate, header reader': () => microsecondsEach(calls, () => auth.authenticate(source)),
      'authenticate, Headers': () => microsecondsEach(calls, () => auth.authenticate(headers)),
    },
    rounds,
  );
};
