import { verify } from '../../lib/actions';

interface Props {
  readonly searchParams: Promise<{ readonly token?: string; readonly problem?: string }>;
}

/** Opening the link changes nothing: mail scanners do that too. */
export default async function Page({ searchParams }: Props) {
  const { token = '', problem } = await searchParams;
  return (
    <main>
      {problem && <p role="alert">{problem}</p>}
      <form action={verify} id="verify">
        <input type="hidden" name="token" value={token} />
        <input name="password" type="password" placeholder="Password, in another browser" />{' '}
        <button type="submit">Confirm your address</button>
      </form>
    </main>
  );
}
