import { always } from './always.ts';
import { jwt } from './jwt.ts';
import { oauth } from './oauth.ts';
import type { Described } from './operation.ts';
import { password } from './password.ts';
import { totp } from './totp.ts';

/** An operation of the API that is not here does not compile. */
export const operations: Described = { ...always, ...password, ...jwt, ...totp, ...oauth };
