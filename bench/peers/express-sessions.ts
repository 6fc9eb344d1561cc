import { RedisStore } from 'connect-redis';
import type { Express } from 'express';
import session, { type Store } from 'express-session';
import { type Contender, cookiesOf, type Mounted, newPerson } from './contender.ts';

declare module 'express-session' {
  interface SessionData {
    userId: string;
  }
}

const userId = 'usr_0000000000000000000000';

/** `resave: false` and `saveUninitialized: false`, as its documentation advises. */
const mount = async (app: Express, store?: Store): Promise<Mounted> => {
  const options = { secret: 'oQ0v8mVb1kzXr5tYp7NnC3LdGhJ2wE9sUaTqRiKfM4Y', resave: false, saveUninitialized: false };
  app.use(session(store === undefined ? options : { ...options, store }));
  const entrance = `/${newPerson().email}`;
  app.post(entrance, (req, res) => {
    req.session.userId = userId;
    res.end();
  });
  app.get('/me', (req, res) => {
    const { userId: id } = req.session;
    if (id === undefined) res.status(401).json({ code: 'unauthenticated' });
    else res.json({ user: { id } });
  });
  return { credentials: { cookie: await cookieFrom(app, entrance) }, userId, check: null };
};

/** It writes its cookie into a response alone. */
const cookieFrom = async (app: Express, entrance: string): Promise<string> => {
  const server = app.listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const response = await fetch(`http://127.0.0.1:${port}${entrance}`, {
      method: 'POST',
      headers: { connection: 'close' },
    });
    return cookiesOf(response.headers.getSetCookie());
  } finally {
    server.close();
  }
};

export const expressSessions: readonly Contender[] = [
  {
    name: 'express-session, memory',
    of: 'peer',
    about: 'its MemoryStore; resave and saveUninitialized off',
    refuses: true,
    mount: (app) => mount(app),
  },
  {
    name: 'express-session, connect-redis',
    of: 'peer',
    about: 'resave and saveUninitialized off; the user is what the session holds',
    refuses: true,
    mount: (app, { redis }) => mount(app, new RedisStore({ client: redis })),
  },
];
