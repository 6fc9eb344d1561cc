import type { ConfigIssue } from '../errors.ts';
import { consoleMark, memoryMark } from '../primitives/marks.ts';
import type { AuthOptions } from './options.ts';

const methods = {
  users: ['create', 'get', 'findByLoginKey', 'replace', 'delete'],
  durable: ['open'],
  ephemeral: ['open'],
  rateLimits: ['take', 'reset'],
} as const;
const verbs = ['create', 'get', 'replace', 'delete', 'listByUser'] as const;

const lacks = (target: unknown, names: readonly string[]): readonly string[] => {
  const known = typeof target === 'object' && target !== null ? (target as Record<string, unknown>) : {};
  return names.filter((name) => typeof known[name] !== 'function');
};

export const storeIssues = <S>(options: AuthOptions<S>, mode: 'production' | 'development'): readonly ConfigIssue[] => {
  const stores: Record<string, unknown> = { ...options.stores };
  const issues: ConfigIssue[] = [];
  for (const [slot, names] of Object.entries(methods)) {
    const missing = lacks(stores[slot], names);
    // A space that cannot be opened is reported as such; one that can shows whether its verbs are all there.
    const verbsMissing = missing.length === 0 && names[0] === 'open' ? lacks(openProbe(stores[slot]), verbs) : [];
    for (const name of [...missing, ...verbsMissing]) {
      issues.push({
        code: 'store_incomplete',
        path: `stores.${slot}`,
        message: `${name} is not a function.`,
        fix: 'Spread a store package into `stores`, or implement the missing method (guide: storage).',
      });
    }
  }
  if (typeof options.notifier?.send !== 'function') {
    issues.push({
      code: 'notifier_incomplete',
      path: 'notifier',
      message: 'send is not a function.',
      fix: 'Pass a notifier, e.g. consoleNotifier() in development.',
    });
  }
  if (mode === 'development') return issues;
  const inMemory = Object.keys(methods).filter((slot) => isMarked(stores[slot], memoryMark));
  if (inMemory.length > 0) {
    issues.push({
      code: 'store_memory',
      path: inMemory.map((slot) => `stores.${slot}`).join(', '),
      message: 'memoryStores() loses everything with the process and shares nothing with a second one.',
      fix: "Use a database's stores, or mode: 'development'.",
    });
  }
  if (isMarked(options.notifier, consoleMark)) {
    issues.push({
      code: 'notifier_console',
      path: 'notifier',
      message: 'consoleNotifier() writes links that open accounts into a log.',
      fix: 'Pass a notifier that sends mail.',
    });
  }
  return issues;
};

const ports = {
  clock: ['now'],
  random: ['bytes'],
  hasher: ['hash', 'verify', 'needsRehash'],
  breach: ['isBreached'],
  events: ['emit'],
  background: ['run'],
  http: ['fetch'],
} as const;

/** The optional ports, where they are given. */
export const portIssues = <S>(options: AuthOptions<S>): readonly ConfigIssue[] => {
  const issues = Object.entries(ports).flatMap(([path, names]) => {
    const given = options[path as keyof typeof ports];
    const missing = given === undefined ? [] : lacks(given, names);
    return missing.map((name) => ({
      code: 'port_incomplete',
      path,
      message: `${name} is not a function.`,
      fix: 'Implement it, or leave the option out.',
    }));
  });
  if (
    options.profile === undefined ||
    lacks(Reflect.get(Object(options.profile), '~standard'), ['validate']).length === 0
  ) {
    return issues;
  }
  const fix = 'Pass a schema of zod, valibot or arktype, or leave the option out.';
  return [...issues, { code: 'profile_invalid', path: 'profile', message: 'It is no Standard Schema.', fix }];
};

const isMarked = (part: unknown, mark: symbol): boolean => typeof part === 'object' && part !== null && mark in part;

const openProbe = (space: unknown): unknown => {
  try {
    return (space as { open(kind: string): unknown }).open('credential');
  } catch {
    return null;
  }
};
