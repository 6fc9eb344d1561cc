import { describe, expect, it } from 'vitest';
import { outsideUrl } from './outside.ts';

const verdict = (text: string, loopback = false): boolean => outsideUrl(text, loopback) !== null;

describe('OIDC-13: where a call of ours may go', () => {
  it.each([
    'http://login.example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0177.1/',
    'https://0x7f.0.0.1/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::7f00:1]/',
    'https://[::ffff:a00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fc00::1]/',
    'https://[fdff::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://a.localhost/',
    'https://user@login.example.com/',
    'https://:pw@login.example.com/',
    'https://login.example.com/#x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://login.example.com/',
    'blob:https://login.example.com/x',
    'login.example.com',
    '',
    `https://login.example.com/${'a'.repeat(2_100)}`,
  ])('not to %s', (text) => {
    expect(verdict(text)).toBe(false);
  });

  it.each([
    'https://accounts.google.com',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://172.32.0.1:8443/x?y',
  ])('to %s', (text) => {
    expect(verdict(text)).toBe(true);
  });

  it('in development also to this machine, and to no other private address', () => {
    for (const text of ['http://localhost:3000/x', 'http://127.0.0.1:1', 'http://[::1]/', 'https://localhost/'])
      expect([text, verdict(text, true)]).toEqual([text, true]);
    for (const text of ['http://login.example.com', 'https://10.0.0.1', 'http://192.168.0.1', 'ftp://localhost/'])
      expect([text, verdict(text, true)]).toEqual([text, false]);
  });

  it('what is no text is no URL', () => {
    for (const value of [undefined, null, 1, {}, ['https://a.example']]) expect(outsideUrl(value, true)).toBeNull();
  });
});
