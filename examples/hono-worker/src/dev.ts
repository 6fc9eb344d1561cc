import { randomBytes } from 'node:crypto';
import { runWorker } from './run.ts';

const { PORT: port = '3000', AUTH_SECRETS: given } = process.env;

const { origin, close } = await runWorker({
  port: Number(port),
  secrets: given ?? `1:${randomBytes(32).toString('base64url')}`,
  onMail: (message) => console.log(`mail to ${message.to}: ${'url' in message ? message.url : message.type}`),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
console.log(`listening on ${origin}`);
