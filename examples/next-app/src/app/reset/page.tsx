import { reset } from '../../lib/actions';

interface Props {
  readonly searchParams: Promise<{ readonly token?: string; readonly problem?: string }>;
}

/** Opening the link changes nothing: mail scanners do that too. */
export default async function Page({ searchParams }: Props) {
  const { token = '', problem } = await searchParams;
  return (
    <main>
      <h1>A new password</h1>
      {problem && <p role="alert">{problem}</p>}
      <form action={reset} id="reset">
        <input type="hidden" name="token" value={token} />
        <label>
          New password
          <input name="password" type="password" autoComplete="new-password" required />
        </label>
        <button type="submit">Set the password</button>
      </form>
    </main>
  );
}
