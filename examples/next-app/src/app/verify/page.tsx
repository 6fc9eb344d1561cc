import { verify } from '../../lib/actions';

interface Props {
  readonly searchParams: Promise<{ readonly token?: string; readonly problem?: string }>;
}

/** Opening the link changes nothing: mail scanners do that too. */
export default async function Page({ searchParams }: Props) {
  const { token = '', problem } = await searchParams;
  return (
    <main>
      <h1>Confirm your address</h1>
      {problem && <p role="alert">{problem}</p>}
      <form action={verify} id="verify">
        <input type="hidden" name="token" value={token} />
        <label>
          Password, in another browser than the one that registered
          <input name="password" type="password" autoComplete="current-password" />
        </label>
        <button type="submit">Confirm your address</button>
      </form>
    </main>
  );
}
