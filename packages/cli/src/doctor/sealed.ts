import type { Row, Run } from '@sallyport/postgres';
import { type Finding, judged, ok, unseen } from './report.ts';

/** Secrets of second factors, and what providers granted: each envelope begins with the id of the key that opens it. */
const byKey = (prefix: string): string => `
  select substring(sealed from '^([A-Za-z0-9_-]{1,16})\\.') as kid, count(*) as records
  from (select body::json ->> 'secret' as sealed from ${prefix}auth_records where kind = 'mfa_factor'
        union all
        select body::json ->> 'tokens' from ${prefix}auth_records where kind = 'account') as envelopes
  where sealed <> '' group by 1 order by 2 desc, 1 limit 50`;

/** Which entries of `AUTH_SECRETS` something is still sealed with; `secrets` is that variable, or `undefined`. */
export const sealedWith = async (run: Run, prefix: string, secrets: string | undefined): Promise<Finding> => {
  const rows = (await run(byKey(prefix), [])).map(countOf);
  if (rows.length === 0) return unseen('sealed_keys', 'nothing is sealed yet');
  const said = rows.map(({ kid, records }) => `${records} × key ${kid}`).join(', ');
  if (secrets === undefined)
    return ok('sealed_keys', `${said}: an entry of AUTH_SECRETS may go once nothing is sealed with it`);
  const listed = new Set(secrets.split(',').map(kidOf));
  const lost = rows.filter(({ kid }) => !listed.has(kid));
  return judged('sealed_keys', lost.length === 0, [
    said,
    `${said}: AUTH_SECRETS has no key ${lost.map(({ kid }) => kid).join(', ')}, so these open no more`,
  ]);
};

const countOf = ({ kid, records }: Row) => ({ kid: String(kid), records: Number(records) });

/** An entry without an id is the one that the core reads as "1". */
const kidOf = (entry: string): string => (entry.includes(':') ? (entry.split(':')[0] ?? '').trim() : '1');
