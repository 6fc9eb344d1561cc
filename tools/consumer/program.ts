// What a stranger writes first, in a project that holds nothing but what npm installed of the tarballs.
import { argon2 } from '@sallyport/argon2';
import { recordSpaceContract } from '@sallyport/contract';
import {
  type AuthMessage,
  createAuth,
  type Identity,
  memoryStores,
  password,
  type StandardSchema,
} from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import express from 'express';

interface Profile {
  readonly name: string;
}
const profile: StandardSchema<Profile> = {
  '~standard': {
    version: 1,
    vendor: 'consumer',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
        ? { value: { name: value.name } }
        : { issues: [{ message: 'a name' }] },
  },
};

const outbox: AuthMessage[] = [];
const auth = createAuth({
  mode: 'development',
  origin: 'http://localhost:3000',
  secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
  stores: memoryStores(),
  notifier: {
    send: async (message) => {
      outbox.push(message);
    },
  },
  hasher: argon2(),
  clientIp: 'none',
  features: [password()],
  registration: 'open',
  profile,
});

const web = expressAuth(auth);
const app = express();
app.use(web.router);
app.get(
  '/me',
  web.require({}, (_req, res, me) => res.json(me.user.profile.name.toUpperCase())),
);
// Whoever asks for two factors is handed nothing that may have one: this assignment compiles alone where the types say so.
export const isNarrow: Identity<Profile> extends Identity<Profile, 2> ? false : true = true;

const server = app.listen(0);
await new Promise((resolve) => server.once('listening', resolve));
const address = server.address();
const at = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
const json = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
const body = JSON.stringify({ email: 'a@example.com', password: 'correct horse battery', profile: { name: 'ada' } });
const registered = await fetch(`${at}/auth/register`, { method: 'POST', headers: json, body });
const [cookie = ''] = registered.headers.getSetCookie().filter((one) => one.startsWith('sallyport-session='));
const me = await fetch(`${at}/me`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
const profileAnswer = await me.text();
await auth.drain();
server.closeAllConnections();
server.close();

const laws = recordSpaceContract({ clients: [memoryStores().ephemeral, memoryStores().ephemeral] });
const seen = [registered.status, me.status, profileAnswer, outbox[0]?.type, laws.length > 10];
const wanted = [201, 200, '"ADA"', 'verify_email', true];
if (JSON.stringify(seen) !== JSON.stringify(wanted)) throw new Error(`saw ${JSON.stringify(seen)}`);
console.log('ok');
