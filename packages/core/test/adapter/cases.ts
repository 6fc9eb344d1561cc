import type { Adapter } from './adapter.ts';
import { bodyCases } from './body.ts';
import { brokenBodyCases } from './broken-bodies.ts';
import { cookieCases } from './cookies.ts';
import { csrfCases } from './csrf.ts';
import { guardCases } from './guard.ts';
import { outageCases } from './outage.ts';
import { pathCases } from './paths.ts';
import { storyCases } from './story.ts';

/** What every adapter of the core to a framework promises, over real HTTP. */
export const adapterCases = (adapter: Adapter): void => {
  storyCases(adapter);
  guardCases(adapter);
  outageCases(adapter);
  pathCases(adapter);
  csrfCases(adapter);
  cookieCases(adapter);
  bodyCases(adapter);
  brokenBodyCases(adapter);
};
