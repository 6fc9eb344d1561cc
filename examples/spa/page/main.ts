import { AuthClientError, createAuthClient } from '@sallyport/client';
import { buttonOf, line, say, setting, show, the } from './dom.ts';
import { explain } from './words.ts';

const orders = setting('orders');
const client = createAuthClient<Record<string, never>>({
  baseUrl: `${setting('api')}/auth`,
  mode: 'token',
  origins: [orders],
});
// For the console: await client.fetch('http://localhost:3002/orders')
Object.assign(globalThis, { client });

/** What went wrong is said, and nobody is signed out by it: that is the client's to say, and comes by `subscribe`. */
const attempt = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
    say('');
  } catch (error) {
    say(explain(error));
  }
  await showToken();
};

const loadOrders = async (): Promise<void> => {
  const response = await client.fetch(`${orders}/orders`);
  if (!response.ok) throw new Error(`orders answered ${response.status}`);
  const { orders: list } = (await response.json()) as { orders: { id: number; what: string }[] };
  the('orders', HTMLUListElement).replaceChildren(...list.map(({ id, what }) => line(what, `Order ${id}`)));
};

const loadSessions = async (): Promise<void> => {
  const { sessions } = await client.sessions();
  const lines = sessions.map((session) => {
    const end = buttonOf('End', () =>
      attempt(async () => {
        await client.revokeSession({ id: session.id });
        await loadSessions();
      }),
    );
    const since = `since ${new Date(session.createdAt).toLocaleString('en-GB')}`;
    return session.current ? line('This browser', since) : line(session.client.agent ?? 'Another browser', since, end);
  });
  the('sessions', HTMLUListElement).replaceChildren(...lines);
};

/** When this tab's token ends: read from the token, which says so to everybody who holds it. */
const showToken = async (): Promise<void> => {
  const token = await client.accessToken().catch(() => null);
  if (token === null) return;
  const { iat, exp } = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  const at = new Date(exp * 1_000).toLocaleTimeString('en-GB');
  the('token', HTMLElement).textContent = `good for ${exp - iat} s, until ${at}`;
};

let shown: string | null | undefined;
client.subscribe((current) => {
  const id = current?.user.id ?? null;
  the('who', HTMLElement).textContent = current?.user.email ?? '';
  if (id === shown) return;
  if (shown && id === null) say('You are signed out.');
  shown = id;
  for (const list of ['orders', 'sessions']) the(list, HTMLUListElement).replaceChildren();
  if (id === null) return show('signed-out');
  show('signed-in');
  void attempt(async () => {
    await loadOrders();
    await loadSessions();
  });
});

const form = the('sign-in', HTMLFormElement);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (form.ariaBusy === 'true') return;
  const given = new FormData(form);
  const who = { email: String(given.get('email')), password: String(given.get('password')) };
  const isNew = event.submitter instanceof HTMLButtonElement && event.submitter.value === 'register';
  const message = the('sign-in-message', HTMLElement);
  message.textContent = '';
  form.ariaBusy = 'true';
  try {
    await (isNew ? client.register(who) : client.login(who));
    form.reset();
  } catch (error) {
    message.textContent = explain(error);
  } finally {
    form.ariaBusy = 'false';
  }
});

const press = (id: string, work: () => Promise<unknown>): void =>
  the(id, HTMLButtonElement).addEventListener('click', () =>
    attempt(async () => {
      await work();
    }),
  );
press('load-orders', loadOrders);
press('load-sessions', loadSessions);
press('sign-out', () => client.logout());
press('sign-out-everywhere', () => client.logout({ everywhere: true }));
press('try-again', () => start());

const start = async (): Promise<void> => {
  try {
    await client.session();
  } catch (error) {
    const isOutage = error instanceof AuthClientError;
    the('waiting-reason', HTMLElement).textContent = isOutage ? explain(error) : String(error);
    the('try-again', HTMLButtonElement).hidden = false;
  }
};
await start();
