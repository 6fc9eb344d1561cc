import { demo } from '../../lib/auth';

export const dynamic = 'force-dynamic';

export const GET = (): Response => Response.json(demo().mails);
