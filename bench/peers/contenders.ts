import { betterAuths } from './better-auth.ts';
import type { Contender } from './contender.ts';
import { expressSessions } from './express-sessions.ts';
import { floors } from './floors.ts';
import { ours } from './ours.ts';
import { stateless } from './stateless.ts';

/** In the order of the tables. */
export const contenders: readonly Contender[] = [...floors, ...ours, ...betterAuths, ...expressSessions, ...stateless];
