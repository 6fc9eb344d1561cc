import { randomBytes } from 'node:crypto';
import { createAuth, password } from '@sallyport/core';
import sqlite from 'node-sqlite3-wasm';
import { sqliteStores } from '#stores';
import { createTables } from '#tables';

const database = new sqlite.Database('auth.db');
await createTables(database);

let link = '';
const auth = createAuth({
  mode: 'development',
  origin: 'http://localhost:3000',
  secrets: `1:${randomBytes(32).toString('base64url')}`,
  stores: sqliteStores(database),
  notifier: {
    send: async (message) => {
      if (message.type === 'verify_email') link = message.url;
    },
  },
  features: [password()],
});

const account = { email: `${randomBytes(4).toString('hex')}@example.com`, password: 'correct horse battery staple' };
const nobody = new Headers();

const registered = await auth.api.register(account, nobody);
console.log(`register: ${registered.value.status}`);
// Mails go out after the answer.
await auth.drain();

const token = new URL(link).searchParams.get('token') ?? '';
await auth.api.verifyEmail({ token, password: account.password }, nobody);
console.log('verify: done');
const second = auth.api.verifyEmail({ token, password: account.password }, nobody);
console.log(`verify with the same link: ${await second.catch((error) => error.message)}`);

const { value, cookies } = await auth.api.login(account, nobody);
console.log(`login: ${value.status}`);

const cookie = cookies.map((one) => one.split(';', 1)).join('; ');
const identity = await auth.authenticate(new Headers({ cookie }));
console.log(`session: of ${identity?.user.email === account.email ? 'the user who registered' : 'nobody'}`);

await auth.api.logout({}, new Headers({ cookie }));
console.log(
  `session after logout: ${(await auth.authenticate(new Headers({ cookie }))) === null ? 'none' : 'still there'}`,
);

await auth.drain();
console.log(`expired and removed: ${await auth.sweep()}`);
database.close();
