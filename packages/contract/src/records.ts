import type { RecordSpace } from '@sallyport/core/ports';
import { type Contract, type ContractCase, casesOf } from './cases.ts';
import type { ContractOptions } from './options.ts';
import { createDrafts } from './records/create.ts';
import { deleteDrafts } from './records/delete.ts';
import { lifetimeDrafts } from './records/lifetime.ts';
import { listDrafts } from './records/list.ts';
import { outageDrafts } from './records/outage.ts';
import { readDrafts } from './records/read.ts';
import { replaceDrafts } from './records/replace.ts';
import { sweepDrafts } from './records/sweep.ts';
import { beginRecords, type RecordTrial } from './records/trial.ts';
import { valueDrafts } from './records/value.ts';

/** Laws A1 to A10, and what a kind is. */
export const recordSpaceContract = (options: ContractOptions<RecordSpace>): readonly ContractCase[] =>
  casesOf(recordSpace, options);

export const recordSpace: Contract<RecordSpace, RecordTrial> = {
  name: 'recordSpaceContract',
  drafts: [
    ...createDrafts,
    ...replaceDrafts,
    ...deleteDrafts,
    ...readDrafts,
    ...listDrafts,
    ...lifetimeDrafts,
    ...valueDrafts,
    ...outageDrafts,
    ...sweepDrafts,
  ],
  begin: beginRecords,
};
