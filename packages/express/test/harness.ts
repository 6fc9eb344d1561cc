import { type AuthSettings, serving, type World } from '../../core/test/adapter/world.ts';
import { type Mounted, serverOf } from './adapter.ts';
import type { Framework } from './frameworks.ts';

export { goodPassword, origin, testSecrets } from '../../core/test/adapter/world.ts';
export type { Parts } from './adapter.ts';
export { frameworks } from './frameworks.ts';

/** An application that is written for Express, on a port of its own. */
export const world = (framework: Framework, options: AuthSettings & Partial<Mounted> = {}): Promise<World> => {
  const { build = ({ app, web }) => void app.use(web.router), onError, ...settings } = options;
  const told = onError === undefined ? {} : { onError };
  return serving((auth, failed) => serverOf(framework, auth, { ...told, build, failed }), settings);
};
