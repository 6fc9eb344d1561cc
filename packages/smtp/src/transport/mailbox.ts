import { domainToASCII } from 'node:url';

/** Who a mail is from. */
export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** One mailbox: no list, route, quote or comment, and nothing that ends a header line (RFC 5321 §4.1.2, RFC 6531). */
export const isMailbox = (address: string): boolean =>
  typeof address === 'string' && address.length <= 254 && mailbox.test(address) && domainOf(address) !== '';

/** In ASCII; `''` for what is no domain. */
export const domainOf = (address: string): string => domainToASCII(address.slice(address.lastIndexOf('@') + 1));

/** `a@b`, `Name <a@b>` or the two apart; `null` for anything else. The name is `name` where none is given. */
export const senderOf = (from: string | Sender, name: string): Sender | null => {
  const sender = typeof from === 'string' ? parse(from, name) : { name: from?.name ?? name, address: from?.address };
  return isMailbox(sender.address) && isOneLine(sender.name) ? sender : null;
};

/** A name for a header: something, and on one line. */
export const isOneLine = (text: string): boolean =>
  typeof text === 'string' && text.trim() !== '' && text.length <= 100 && !/[\p{Cc}\u2028\u2029]/u.test(text);

const mailbox = /^[^\s\p{Cc}"(),:;<>@[\\\]]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}.-]*[\p{L}\p{M}\p{N}])?$/u;

const parse = (from: string, name: string): Sender => {
  const [, quoted, plain, address] = /^(?:"([^"\\]+)"|([^"<>\\]+?))\s*<([^<>]+)>$/.exec(from.trim()) ?? [];
  return { name: quoted ?? plain ?? name, address: address ?? from.trim() };
};
