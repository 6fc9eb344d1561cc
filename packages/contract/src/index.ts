export type { ContractCase } from './cases.ts';
export { joinedReadsContract } from './joined.ts';
export { ContractViolation, type Law, laws } from './laws.ts';
export type { ContractOptions } from './options.ts';
export { rateLimitContract } from './rate-limits.ts';
export { recordSpaceContract } from './records.ts';
export { storesContract } from './stores.ts';
export { userStoreContract } from './users.ts';
