import type { ClientIp } from '../api/request.ts';
import type { ConfigIssue } from '../errors.ts';
import { parseNetwork } from '../primitives/network.ts';

const fix =
  "Behind one proxy: { forwardedFor: 1 } or its network; a platform's header: { header: 'cf-connecting-ip' }; no proxy: 'peer'.";

export const clientIpIssues = (
  declared: ClientIp | undefined,
  mode: 'production' | 'development',
): readonly ConfigIssue[] => {
  const issue = (code: string, message: string): readonly ConfigIssue[] => [{ code, path: 'clientIp', message, fix }];
  if (declared === undefined) {
    return mode === 'development'
      ? []
      : issue(
          'client_ip_unset',
          'Where the client address comes from is not said, and guessing it lets clients choose theirs.',
        );
  }
  if (declared === 'peer' || declared === 'none') return [];
  if (typeof declared === 'object' && declared !== null && 'header' in declared) {
    return typeof declared.header === 'string' && /^[a-z0-9-]+$/.test(declared.header)
      ? []
      : issue('client_ip_invalid', `"${declared.header}" is not a header name in lower case.`);
  }
  const proxies = typeof declared === 'object' && declared !== null ? declared.forwardedFor : undefined;
  if (typeof proxies === 'number') {
    return Number.isInteger(proxies) && proxies >= 1 && proxies <= 16
      ? []
      : issue('client_ip_invalid', 'The number of proxies must be a whole number from 1 to 16.');
  }
  if (!Array.isArray(proxies) || proxies.length === 0)
    return issue('client_ip_invalid', 'It is none of the known forms.');
  return proxies.flatMap((given: unknown) => {
    const network = String(given);
    if (/\/0+$/.test(network)) return issue('client_ip_all', `"${network}" calls every client a proxy.`);
    return parseNetwork(network) === null ? issue('client_ip_invalid', `"${network}" is not a network.`) : [];
  });
};
