import { until } from '../../../tools/services/child.ts';
import type { Settings } from '../../src/settings.ts';
import { type App, startApp } from './app.ts';
import { losses, newPerson, type Person, type Stage } from './person.ts';
import { newVisitor, type Tally, type Visitor } from './visitor.ts';

/** On a busy machine what is waited for may come late, and is tried once more; a broken promise is broken. */
export const lateOnly: { readonly retry: { readonly count: number; readonly condition: RegExp } } = {
  retry: { count: 1, condition: /^waited/ },
};

/** Of every store call in these tests. */
export const timeoutMs = 1_500;

export const start = (settings: Omit<Settings, 'port' | 'timeoutMs'>): Promise<App> =>
  startApp({ ...settings, timeoutMs });

export const stageOf = (apps: readonly App[], allowed: 'none' | 'ephemeral' = 'none'): Stage => ({
  urls: apps.map(({ url }) => url),
  tally: new Map(),
  losses: losses(allowed),
});

export const enrolled = async (stage: Stage, n: number): Promise<readonly Person[]> => {
  const people = Array.from({ length: n }, () => newPerson(stage));
  await Promise.all(people.map((person) => person.enrol()));
  return people;
};

/** Somebody who is signed in, and can ask each process alone. */
export interface Watcher {
  readonly email: string;
  readonly password: string;
  at(app: App): Visitor;
  /** Resolves when each of the processes lets in who is signed in, and signs in: nobody restarts or tells them. */
  recovered(apps: readonly App[]): Promise<void>;
}

export const newWatcher = async (apps: readonly App[]): Promise<Watcher> => {
  const tally: Tally = new Map();
  const person = newPerson({ ...stageOf(apps), tally });
  await person.enrol();
  const { email } = person;
  const password = person.password();
  const jar = new Map<string, string>();
  const at = (app: App): Visitor => newVisitor({ url: () => app.url, tally }, jar);
  const [first] = apps;
  if (first === undefined) throw new Error('no application');
  await at(first).post('/auth/login', { email, password });
  const lets = async (app: App): Promise<boolean> => {
    const look = await at(app).get('/me');
    const stranger = newVisitor({ url: () => app.url, tally });
    const login = await stranger.post('/auth/login', { email, password });
    return look.status === 200 && login.status === 200;
  };
  return {
    email,
    password,
    at,
    recovered: async (those) => {
      for (const app of those) await until('the application recovers by itself', () => lets(app), 25_000);
    },
  };
};
