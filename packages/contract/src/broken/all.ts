import { brokenJoined } from './joined.ts';
import { brokenLimits } from './limits.ts';
import { brokenOutages } from './outage.ts';
import { brokenRecords } from './records.ts';
import { brokenRest } from './rest.ts';
import { brokenUsers } from './users.ts';
import type { BrokenStores } from './wrap.ts';

export type { BrokenStores } from './wrap.ts';

/** Stores that are wrong in one way each, made from any that are right. The contract must catch every one. */
export const brokenStores: readonly BrokenStores[] = [
  ...brokenRecords,
  ...brokenRest,
  ...brokenUsers,
  ...brokenLimits,
  ...brokenJoined,
  ...brokenOutages,
];
