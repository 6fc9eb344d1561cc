import { expressAuth } from '@sallyport/express';
import bcrypt from 'bcrypt';
import express, { type Express } from 'express';
import session from 'express-session';
import { migrated, optionsOn } from './better-auth.ts';
import { type Backends, newPerson, origin } from './contender.ts';
import { authOn, postgresOf } from './ours.ts';

export interface Attempt {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A login by password, users on Postgres. */
export interface Login {
  readonly name: string;
  readonly about: string;
  /** Registers somebody; what it gives signs that one in by POST. */
  mount(app: Express, backends: Backends): Promise<Attempt>;
}

const attemptAt = (path: string, person: object): Attempt => ({
  path,
  headers: { 'content-type': 'application/json', origin },
  body: JSON.stringify(person),
});

export const logins: readonly Login[] = [
  {
    name: 'login, Sallyport, Argon2id',
    about: 'argon2() of 19 MiB, 2 passes (default); all on Postgres',
    mount: async (app, backends) => {
      const auth = authOn(await postgresOf(backends));
      app.use(expressAuth(auth).router);
      const person = newPerson();
      await auth.api.register(person, new Headers(), { peer: '127.0.0.1' });
      return attemptAt('/auth/login', person);
    },
  },
  {
    name: 'login, better-auth, scrypt',
    about: 'its default hash; all on Postgres',
    mount: async (app, backends) => {
      const auth = await migrated(optionsOn(backends));
      const { toNodeHandler } = await import('better-auth/node');
      app.all('/api/auth/{*rest}', toNodeHandler(auth));
      const person = newPerson();
      await auth.api.signUpEmail({ body: { ...person, name: 'Ada Lovelace' } });
      return attemptAt('/api/auth/sign-in/email', person);
    },
  },
  {
    name: 'login, Express, bcrypt 12',
    about: 'the hash from Postgres, the session in the memory of express-session; nothing else is done',
    mount: async (app, { pool }) => {
      await pool.query('create table if not exists bench_logins (email text primary key, hash text not null)');
      const person = newPerson();
      await pool.query('insert into bench_logins values ($1, $2)', [
        person.email,
        await bcrypt.hash(person.password, 12),
      ]);
      app.use(session({ secret: person.email, resave: false, saveUninitialized: false }), express.json());
      app.post('/login', async (req, res) => {
        const { email, password } = req.body as Record<string, string>;
        const { rows } = await pool.query<{ hash: string }>('select hash from bench_logins where email = $1', [email]);
        if (!(await bcrypt.compare(password ?? '', rows[0]?.hash ?? ''))) {
          res.status(401).end();
          return;
        }
        req.session.regenerate(() => {
          req.session.userId = email ?? '';
          res.json({ user: { email } });
        });
      });
      return attemptAt('/login', person);
    },
  },
];
