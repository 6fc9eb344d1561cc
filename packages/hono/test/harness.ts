import { type AuthSettings, serving, type World } from '../../core/test/adapter/world.ts';
import { type Mounted, serverOf } from './adapter.ts';

export { goodPassword, origin, testSecrets } from '../../core/test/adapter/world.ts';

/** An application that is written for Hono, on a port of its own. */
export const world = (options: AuthSettings & Partial<Mounted> = {}): Promise<World> => {
  const { build = ({ app, web }) => void app.use(web.routes), onError, connInfo, ...settings } = options;
  const told = { ...(onError === undefined ? {} : { onError }), ...(connInfo === undefined ? {} : { connInfo }) };
  return serving((auth, failed) => serverOf(auth, { ...told, build, failed }), settings);
};
