import { servers } from './servers.ts';
import { story } from './story.ts';

console.log(`TOLD ${JSON.stringify([...(await story()), ...(await servers())])}`);
process.exit(0);
