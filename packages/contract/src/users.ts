import type { UserStore } from '@sallyport/core/ports';
import { type Contract, type ContractCase, casesOf } from './cases.ts';
import type { ContractOptions } from './options.ts';
import { createDrafts } from './users/create.ts';
import { deleteDrafts } from './users/delete.ts';
import { loginKeyDrafts } from './users/login-key.ts';
import { outageDrafts } from './users/outage.ts';
import { readDrafts } from './users/read.ts';
import { replaceDrafts } from './users/replace.ts';
import { beginUsers, type UserTrial } from './users/trial.ts';

/** Laws U1 to U6; A7 and A8 for users. */
export const userStoreContract = (options: ContractOptions<UserStore>): readonly ContractCase[] =>
  casesOf(userStore, options);

export const userStore: Contract<UserStore, UserTrial> = {
  name: 'userStoreContract',
  drafts: [...createDrafts, ...replaceDrafts, ...loginKeyDrafts, ...deleteDrafts, ...readDrafts, ...outageDrafts],
  begin: beginUsers,
};
