import { brokenJoined } from './joined.ts';
import { brokenLimits } from './limits.ts';
import { brokenLoginKeys } from './login-keys.ts';
import { brokenOutages } from './outage.ts';
import { brokenReads } from './reads.ts';
import { brokenRecords } from './records.ts';
import { brokenUsers } from './users.ts';
import { brokenValues } from './values.ts';
import type { BrokenStores } from './wrap.ts';

export type { BrokenStores } from './wrap.ts';

/** Stores that are wrong in one way each, made from any that are right. The contract must catch every one. */
export const brokenStores: readonly BrokenStores[] = [
  ...brokenRecords,
  ...brokenReads,
  ...brokenValues,
  ...brokenUsers,
  ...brokenLoginKeys,
  ...brokenLimits,
  ...brokenJoined,
  ...brokenOutages,
];
