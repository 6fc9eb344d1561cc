import type { ClientHint } from '../ports/domain.ts';
import type { JsonObject } from '../ports/json.ts';

export interface HookInput {
  readonly loginKey: string | null;
  readonly userId: string | null;
  readonly profile: JsonObject;
  readonly client: ClientHint;
}

/** `null` = go on; a word = refuse, and the word is the `detail` of the answer. */
export type Hook = (input: HookInput) => Promise<string | null>;
