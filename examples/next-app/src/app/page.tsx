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
    <Credentials action={login} label="Sign in" secret="current-password" />
    <Credentials action={register} label="Create an account" secret="new-password" />
    <form action={forgot} id="forgot">
      <label>
        E-mail
        <input name="email" type="email" autoComplete="email" required />
      </label>
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

interface CredentialsProps {
  readonly action: (form: FormData) => Promise<void>;
  readonly label: string;
  /** What a password manager fills in. */
  readonly secret: 'current-password' | 'new-password';
}

const Credentials = ({ action, label, secret }: CredentialsProps) => (
  <form action={action} id={label.toLowerCase().replaceAll(' ', '-')}>
    <label>
      E-mail
      <input name="email" type="email" autoComplete="username" required />
    </label>
    <label>
      Password
      <input name="password" type="password" autoComplete={secret} required />
    </label>
    <button type="submit">{label}</button>
  </form>
);
