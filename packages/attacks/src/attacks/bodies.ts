import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import type { StepName } from '../profile.ts';
import { given, must } from '../verdict.ts';
import { loginNames, survives } from './injection.ts';

const takers: readonly StepName[] = ['login', 'register', 'forgot', 'reset', 'resend', 'confirm'];

/** Every step that takes a body from anybody, and is there. */
const open = async (ground: Ground): Promise<readonly StepName[]> => {
  const { email } = await ground.person();
  const names = takers.filter((name) => ground.has(name) && !/^(?:GET|HEAD)$/.test(methodOf(ground, name)));
  for (const name of names) {
    const { path } = ground.profile.steps[name] ?? { path: '/' };
    const method = methodOf(ground, name);
    const answer = await ground.does(ground.browser(), name, { ...values(ground), email });
    const nowhere = await ground.asks(ground.browser(), method, `${path}-zq7`, { raw: '{}' });
    given(answer.status !== nowhere.status || answer.status < 404, `\`${name}\` answers like a path that is not there`);
  }
  return names;
};

const methodOf = (ground: Ground, name: StepName): string => ground.profile.steps[name]?.method ?? 'POST';

const values = (ground: Ground) => ({ ...ground.stranger(), token: 'A'.repeat(43), name: 'Somebody' });

/** Bodies that are no good, and what they are called. */
const broken: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['nothing', ''],
  ['half a body', '{"email":'],
  ['a text', '"text"'],
  ['a number', '1e400'],
  ['null', 'null'],
  ['a list', '[]'],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a byte order mark', '\ufeff{}'],
  ['1,000 nested lists', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
  ['a lone surrogate', '{"email":"\\ud800@attacks.example","password":"\\udfff"}'],
];

const odd: readonly unknown[] = [null, 0, true, [], {}, [['x']], { toString: 'x' }, { length: 20 }, 1.5];

/** What belongs to the inside of a program. */
const innards =
  /\bat \S+ \(|\.(?:js|ts|py|rb|java|go|php):\d+|node_modules|Traceback|SQLSTATE|syntax error at|relation \\?"|ECONNREFUSED|\/(?:home|srv|app|usr|work)\/\w/;

export const bodies: readonly Attack[] = attacksOf('injection', [
  {
    id: 'INJ-07',
    title: 'send bodies that cannot be read',
    claim: 'A body that cannot be read is the client’s fault: 4xx, and the next request is answered.',
    run: async (ground) => {
      const steps = await open(ground);
      for (const step of steps) {
        for (const [name, raw] of broken) {
          const answer = await survives(`${name} at \`${step}\``, () =>
            ground.does(ground.browser(), step, values(ground), { raw }),
          );
          must(!answer.ok, `${name} is accepted at \`${step}\``);
        }
      }
      await ground.member();
      return `${broken.length} bodies for each of ${steps.join(', ')}`;
    },
  },
  {
    id: 'INJ-17',
    title: 'send members of the wrong type',
    claim: 'A member that is no text is the client’s fault: 4xx, and the next request is answered.',
    run: async (ground) => {
      const steps = await open(ground);
      for (const step of steps) {
        for (const value of odd) {
          for (const member of ['email', 'password', 'token']) {
            const body = { ...values(ground), [member]: value };
            await survives(`${member}: ${JSON.stringify(value)} at \`${step}\``, () =>
              ground.does(ground.browser(), step, body),
            );
          }
        }
      }
      await ground.member();
      return `${odd.length} values for each member of ${steps.join(', ')}`;
    },
  },
  {
    id: 'INJ-10',
    title: 'read the inside of the program from its errors',
    claim: 'Errors hold no stack, no path and no query.',
    run: async (ground) => {
      const steps = await open(ground);
      let read = 0;
      for (const step of steps) {
        const tries: readonly Parameters<Ground['does']>[3][] = [
          { raw: '{"email":' },
          { raw: 'null' },
          { raw: '{"email":{},"password":{},"token":{}}' },
        ];
        for (const twist of tries) {
          const { body } = await ground.does(ground.browser(), step, values(ground), twist);
          read += 1;
          must(!innards.test(body), `\`${step}\` answers with ${JSON.stringify(innards.exec(body)?.[0])}`);
        }
        const wild = await ground.does(ground.browser(), step, { ...values(ground), email: "x'\0@attacks.example" });
        must(!innards.test(wild.body), `\`${step}\` answers with ${JSON.stringify(innards.exec(wild.body)?.[0])}`);
      }
      return `${read} errors were read`;
    },
  },
  {
    id: 'INJ-20',
    title: 'send a body of a mebibyte',
    claim: 'A body beyond any honest one is refused, and the next request is answered.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const raw = JSON.stringify({ email, password, padding: 'x'.repeat(1 << 20) });
      const answer = await survives('1 MiB', () => ground.does(ground.browser(), 'login', {}, { raw }));
      must(!answer.ok, 'a body of 1 MiB is read');
      given(await ground.opens(email, password), 'the next request is not answered');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'INJ-24',
    title: 'send a member twice',
    claim: 'A form with two values for one member is not read by one of them.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const form = (text: string) => ground.does(ground.browser(), 'login', {}, { form: true, raw: text });
      const pair = (key: string, value: string) => `${key}=${encodeURIComponent(value)}`;
      const [emailName, passwordName] = loginNames(ground);
      const once = await form(`${pair(emailName, email)}&${pair(passwordName, password)}`);
      given(once.status < 400 || once.status === 415, `a form login answered ${once.status}`);
      const [right, wrong] = [pair(passwordName, password), pair(passwordName, ground.newPassword())];
      for (const text of [`${right}&${wrong}`, `${wrong}&${right}`]) {
        const answer = await survives('two passwords', () => form(`${pair(emailName, email)}&${text}`));
        const entered = answer.cookies.some(
          ({ name }) => 'cookie' in ground.profile.session && name === ground.profile.session.cookie,
        );
        must(!entered, 'one of two passwords in a form signs in');
      }
      return once.status === 415 ? 'forms are not read' : 'both orders are refused';
    },
  },
]);
