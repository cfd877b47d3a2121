export { memoisedWork } from './memoised-work.ts';
