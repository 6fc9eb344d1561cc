import { demo } from '../../lib/demo';
import { isThisComputer } from '../../lib/this-computer';

export const GET = (request: Request): Response =>
  isThisComputer(request.headers.get('host'))
    ? Response.json(demo().outbox.mails(), { headers: { 'cache-control': 'no-store' } })
    : new Response(null, { status: 404 });
