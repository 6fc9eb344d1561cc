import type { ClientIp, HeaderSource } from '../api/request.ts';
import type { Caller, Journal } from '../ports/journal.ts';

/** Looks at a request for signs that the configuration does not fit the deployment. Says each once; changes nothing. */
export type Observe = (headers: HeaderSource, caller: Caller) => void;

export const observer = (
  settings: { readonly origin: string; readonly clientIp: ClientIp },
  journal: Journal,
): Observe => {
  const { host } = new URL(settings.origin);
  return (headers, caller) => {
    const asked = headers.get('host');
    if (asked !== null && asked.toLowerCase() !== host) journal.noticeOnce(caller, 'host_differs');
    if (caller.address === null) journal.noticeOnce(caller, 'client_address_unknown');
    if (settings.clientIp === 'peer' && headers.get('x-forwarded-for') !== null) {
      journal.noticeOnce(caller, 'forwarded_for_ignored');
    }
  };
};
