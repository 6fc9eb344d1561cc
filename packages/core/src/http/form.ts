import { type Refusal, refuse } from '../errors.ts';

/** Text members only. `profile.name=…` is a member of `profile`; a member twice is neither value (parameter pollution). */
export const readForm = (text: string): { readonly ok: true; readonly value: object } | Refusal => {
  const top: Record<string, unknown> = Object.create(null);
  const profile: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const inProfile = name.startsWith('profile.');
    const target = inProfile ? profile : top;
    const key = inProfile ? name.slice('profile.'.length) : name;
    if (Object.hasOwn(target, key)) return refuse('malformed_request', { detail: 'A field appears twice.' });
    target[key] = value;
  }
  if (Object.keys(profile).length > 0) top['profile'] = profile;
  return { ok: true, value: top };
};
