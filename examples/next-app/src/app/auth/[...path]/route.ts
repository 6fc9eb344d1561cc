import { web } from '../../../lib/auth';

export const { GET, POST, DELETE, PUT, PATCH, OPTIONS } = web.handlers;
