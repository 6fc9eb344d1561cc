const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** A name that another site points at 127.0.0.1 (DNS rebinding) brings that name along as the host. */
export const isThisComputer = (host: string | null): boolean =>
  host !== null && URL.canParse(`http://${host}`) && loopback.includes(new URL(`http://${host}`).hostname);
