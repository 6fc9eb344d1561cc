import { forgot, greet, login, logout, register } from '../lib/actions';
import { web } from '../lib/auth';

interface Props {
  readonly searchParams: Promise<{ readonly problem?: string; readonly done?: string; readonly greeting?: string }>;
}

export default async function Home({ searchParams }: Props) {
  const { problem, done, greeting } = await searchParams;
  const me = await web.session();
  return (
    <main>
      <h1>Sallyport on Next.js</h1>
      <p id="who">{me === null ? 'Nobody is signed in.' : `Signed in as ${me.user.email}.`}</p>
      {problem && <p role="alert">{problem}</p>}
      {done && <output>{done}</output>}
      {greeting && <output>{greeting}</output>}
      {me === null ? <Doors /> : <Inside />}
      <p>
        <a href="/account">Your account</a> · <a href="/outbox">Outbox</a>
      </p>
    </main>
  );
}

const Doors = () => (
  <>
    <Credentials action={login} label="Sign in" />
    <Credentials action={register} label="Create an account" />
    <form action={forgot} id="forgot">
      <input name="email" type="email" placeholder="E-mail" required />{' '}
      <button type="submit">Forgot your password?</button>
    </form>
  </>
);

const Inside = () => (
  <>
    <form action={greet} id="greet">
      <button type="submit">Greet me</button>
    </form>
    <form action={logout} id="logout">
      <button type="submit">Sign out</button>
    </form>
  </>
);

const Credentials = ({
  action,
  label,
}: {
  readonly action: (form: FormData) => Promise<void>;
  readonly label: string;
}) => (
  <form action={action} id={label.toLowerCase().replaceAll(' ', '-')}>
    <input name="email" type="email" placeholder="E-mail" required />{' '}
    <input name="password" type="password" placeholder="Password" required /> <button type="submit">{label}</button>
  </form>
);
