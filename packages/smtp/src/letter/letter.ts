import type { AuthMessage } from '@sallyport/core/ports';
import type { Words } from '../words/words.ts';
import { addressOf, deviceOf } from './device.ts';

/** What a mail says, before it is text or HTML. */
export interface Letter {
  readonly subject: string;
  readonly heading: string;
  readonly lead: string;
  /** The button, and what stands above the same link as text. */
  readonly action: { readonly label: string; readonly url: string; readonly below: string } | null;
  readonly code: string | null;
  /** How long the link or the code lives. */
  readonly life: string | null;
  readonly facts: readonly (readonly [string, string])[];
  readonly notYou: string;
  /** In notices without a button: the way to the application. */
  readonly home: { readonly label: string; readonly url: string } | null;
  readonly why: string;
}

export interface Scene {
  readonly appName: string;
  readonly homeUrl: string | null;
  readonly words: Words;
  readonly date: (at: number) => string;
  /** How long it is from now to `until`. */
  readonly span: (until: number) => string;
}

/** A new kind of message has to be added here before it compiles. */
export const letterOf = (message: AuthMessage, scene: Scene): Letter => {
  const { words, appName } = scene;
  switch (message.type) {
    case 'verify_email':
    case 'change_email':
    case 'reset_password':
    case 'magic_link': {
      const { action, ...said } = words.mails[message.type](appName);
      const life = words.linkLife(scene.span(message.expiresAt), scene.date(message.expiresAt));
      return { ...bare, ...said, action: { label: action, url: message.url, below: words.linkBelow }, life };
    }
    case 'email_code': {
      const life = words.codeLife(scene.span(message.expiresAt), scene.date(message.expiresAt));
      return { ...bare, ...words.mails.email_code(appName), code: message.code, life };
    }
    case 'email_changed': {
      const { action, notYouWithoutLink, ...said } = words.mails.email_changed(appName);
      const letter = { ...bare, ...said, facts: factsOf(message, scene) };
      if (message.url === null) return { ...letter, notYou: notYouWithoutLink, home: homeOf(scene) };
      return { ...letter, action: { label: action, url: message.url, below: words.linkBelow }, life: words.linkOnce };
    }
    case 'register_attempt':
    case 'password_changed':
    case 'mfa_enabled':
    case 'mfa_disabled':
    case 'mfa_attempts':
    case 'recovery_code_used':
    case 'account_linked':
    case 'refresh_token_reused':
      return { ...bare, ...words.mails[message.type](appName), facts: factsOf(message, scene), home: homeOf(scene) };
    default:
      return message satisfies never;
  }
};

const bare = { action: null, code: null, life: null, facts: [], home: null } as const;

const factsOf = (
  { at, client }: Extract<AuthMessage, { readonly at: number }>,
  { words, date }: Scene,
): Letter['facts'] => {
  const device = deviceOf(client.agent);
  const address = addressOf(client.ip);
  return [
    [words.when, date(at)],
    ...(device === null ? [] : [[words.device, words.on(device.browser, device.system)] as const]),
    ...(address === null ? [] : [[words.address, address] as const]),
  ];
};

const homeOf = ({ homeUrl, words, appName }: Scene): Letter['home'] =>
  homeUrl === null ? null : { label: words.home(appName), url: homeUrl };
