import type { PublicUser } from '@sallyport/core';
import type { Call } from './call.ts';
import { tokenOf } from './renewal.ts';
import type { Route } from './routes.ts';
import type { Token } from './standing.ts';

export type Input = Readonly<Record<string, unknown>>;

export interface Answer<P> {
  /** For the caller: without tokens. */
  readonly value: unknown;
  readonly token: Token | null;
  /** Who has just signed in. */
  readonly user: PublicUser<P> | null;
}

interface Needs {
  readonly call: Call;
  readonly byToken: boolean;
  now(): number;
}

const timeoutMs = 20_000;

/** One operation, asked for once: its input becomes path and body, its answer is taken apart. */
export const operations =
  <P>({ call, byToken, now }: Needs) =>
  async ({ method, path, kind }: Route, input: Input, bearer: Token | null): Promise<Answer<P>> => {
    const { id, ...members } = path.includes('{id}') ? input : { ...input, id: '' };
    const askedAt = now();
    const answer = await call({
      method,
      path: path.replace('{id}', encodeURIComponent(String(id))),
      body: method === 'POST' ? { ...members, ...(byToken && kind === 'entry' ? { transport: 'token' } : {}) } : null,
      bearer: bearer?.value ?? null,
      timeoutMs,
    });
    const { accessToken: _a, refreshToken: _r, expiresIn: _e, ...rest } = Object(answer) as Record<string, unknown>;
    return {
      value: Object.keys(rest).length > 0 ? rest : null,
      token: tokenOf(answer, askedAt),
      user: rest['status'] === 'signed_in' ? (rest['user'] as PublicUser<P>) : null,
    };
  };
