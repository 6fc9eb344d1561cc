import { nextAuth } from '@sallyport/next';
import { demo } from './demo';

export const web = nextAuth(() => demo().auth);
