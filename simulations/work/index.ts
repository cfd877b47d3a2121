export { rememberingWork } from './remembering-work.ts';
