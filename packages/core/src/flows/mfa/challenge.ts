import type { Challenge, Entrance } from '../../modules/gate.ts';
import type { OneTimeTokens } from '../../modules/one-time-tokens.ts';
import type { TrustedDevices } from '../../modules/trusted-devices.ts';
import type { Amr, OneTimeToken } from '../../ports/domain.ts';
import type { Json, Millis } from '../../ports/json.ts';

interface Needs {
  readonly tokens: OneTimeTokens;
  /** `null` = every sign-in asks. */
  readonly trusted: TrustedDevices | null;
  readonly challengeMs: Millis;
}

/** Halfway in: what was proved and what the request brought along wait for the second factor. Opens nothing else. */
export const challenge =
  ({ tokens, trusted, challengeMs }: Needs): Challenge =>
  async (_caller, { user, credential, amr }, entrance) => {
    const device = entrance.trusted;
    if (trusted !== null && device !== null && (await trusted.isTrusted(device, credential))) return null;
    const { token } = await tokens.mint({
      purpose: 'mfa_challenge',
      userId: user.id,
      epoch: credential.epoch,
      data: { amr, entrance: { ...entrance } },
      lifetimeMs: challengeMs,
    });
    // The same for everybody: how many codes are left is not told to who knows a password.
    return { ok: true, status: 'mfa_required', challenge: token, methods: ['totp', 'recovery_code'] };
  };

export interface Waiting {
  readonly userId: string;
  readonly amr: readonly Amr[];
  readonly entrance: Entrance;
}

export const waitingIn = ({ userId, data }: OneTimeToken): Waiting | null => {
  const { amr, entrance } = data;
  return userId !== null && isAmr(amr) && isEntrance(entrance) ? { userId, amr, entrance } : null;
};

const isTextOrNull = (value: Json | undefined): boolean => value === null || typeof value === 'string';

const isAmr = (value: Json | undefined): value is readonly Amr[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** All members stay, those that another way in has added as well. */
const isEntrance = (value: unknown): value is Entrance =>
  typeof value === 'object' &&
  value !== null &&
  ['presented', 'family', 'clientId', 'returnTo', 'flow', 'trusted'].every((name) =>
    isTextOrNull(Reflect.get(value, name)),
  ) &&
  transports.includes(Reflect.get(value, 'transport'));

const transports: readonly unknown[] = ['cookie', 'token', 'body'];
