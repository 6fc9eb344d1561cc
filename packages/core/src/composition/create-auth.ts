import type { Auth } from '../api/auth.ts';
import type { Out, StandardSchema } from '../api/standard-schema.ts';
import { checkOptions } from '../config/check.ts';
import type { FeatureParts, Kit } from '../config/feature.ts';
import type { AuthOptions } from '../config/options.ts';
import type { JsonObject } from '../ports/json.ts';
import { once } from '../primitives/on-demand.ts';
import { systemClock } from '../system/clock.ts';
import { hasWebCrypto } from '../system/webcrypto.ts';
import { face } from './face.ts';
import { wireModules } from './modules.ts';

/** The composition root: every port, module and route is wired in this folder, and nowhere else. Throws `AuthConfigError`. */
export const createAuth = <S extends StandardSchema = StandardSchema<JsonObject>>(
  options: AuthOptions<S>,
): Auth<Out<S>> => {
  const clock = options.clock ?? systemClock;
  const settings = checkOptions(options, { now: () => clock.now(), hasWebCrypto: hasWebCrypto() });
  const challenge = () => parts.find((part) => part.challenge)?.challenge ?? null;
  const { modules, signed, rules } = wireModules({ options, settings, clock, challenge });
  const endings = once(async () => (await import('./endings.ts')).endings(modules, parts));
  const kit: Kit = {
    ...modules,
    deleteUser: async (caller, userId) => (await endings()).deleteUser(caller, userId),
    features: options.features.map(({ name }) => name),
  };
  const parts: readonly FeatureParts[] = options.features.map((feature) => feature.install(kit));
  return face<Out<S>>({ kit, parts, endings, signed, rules, stores: options.stores });
};
