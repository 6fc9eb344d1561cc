import { logout } from '../../lib/actions';
import { web } from '../../lib/auth';

export default async function Account() {
  // The proxy has let a cookie pass, whatever it is worth: this is the guard.
  const { user, session } = await web.require({ redirectTo: '/?problem=unauthenticated' });
  return (
    <main>
      <h1>Your account</h1>
      <p id="who">{user.email}</p>
      <p>Signed in since {new Date(session.authenticatedAt).toISOString()}</p>
      <form action={logout} id="logout">
        <button type="submit">Sign out</button>
      </form>
      <p>
        <a href="/">Back</a>
      </p>
    </main>
  );
}
