import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type JoinableSpace, type Stores, StoreUnavailableError } from '@sallyport/core/ports';

/** One call of a method, on its way to the other process. */
export interface Call {
  readonly id: number;
  readonly slot: keyof Stores;
  /** `null` for a method that no kind has. */
  readonly kind: string | null;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  /** Of the `StoreUnavailableError` that it rejected with. */
  readonly unavailable?: string;
}

export interface OtherProcess {
  readonly stores: Stores;
  readonly pid: number | undefined;
  /** How often it found the file locked. */
  busy(): Promise<number>;
  close(): Promise<void>;
}

/** The stores of `file` in a process of their own; every call goes there and back. */
export const startProcess = (file: string): OtherProcess => {
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [file], {
    execArgv: ['--import', import.meta.resolve('tsx'), '--conditions=@sallyport/source'],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let last = 0;
  child.on('message', ({ id, value, unavailable }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (unavailable === undefined) call?.resolve(value);
    else call?.reject(new StoreUnavailableError(unavailable, { cause: new Error('in the other process') }));
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      for (const call of waiting.values()) call.reject(new Error(`the other process ended with ${code}`));
      resolve();
    });
  });
  const send = (call: Omit<Call, 'id'>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, ...call });
    });
  return {
    stores: storesOf(send),
    pid: child.pid,
    busy: async () => Number(await send({ slot: 'users', kind: null, method: 'busy', args: [] })),
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
};

type Send = (call: Omit<Call, 'id'>) => Promise<unknown>;

/** Every member that is asked for is a method of the other process. */
const remote = <T extends object>(send: Send, slot: keyof Stores, kind: string | null = null): T =>
  new Proxy({} as T, {
    get: (_target, method) => (method === 'then' ? undefined : callOf(send, { slot, kind, method: String(method) })),
  });

const callOf =
  (send: Send, method: Omit<Call, 'id' | 'args'>) =>
  (...args: readonly unknown[]): Promise<unknown> =>
    send({ ...method, args });

const storesOf = (send: Send): Stores => {
  const users = remote<Stores['users']>(send, 'users');
  const spaceOf = (slot: 'durable' | 'ephemeral') => ({
    open: (kind: string) => remote<ReturnType<JoinableSpace['open']>>(send, slot, kind) as never,
    sweep: (before: number) => send({ slot, kind: null, method: 'sweep', args: [before] }) as Promise<number>,
  });
  const joined = <T>(slot: 'durable' | 'ephemeral', method: string) =>
    ((id: string) => send({ slot, kind: null, method, args: [id] })) as T;
  const durable: JoinableSpace = { ...spaceOf('durable'), joined: { users, account: joined('durable', 'account') } };
  return {
    users,
    durable,
    ephemeral: { ...spaceOf('ephemeral'), joined: { users, durable, identify: joined('ephemeral', 'identify') } },
    rateLimits: remote(send, 'rateLimits'),
  };
};
