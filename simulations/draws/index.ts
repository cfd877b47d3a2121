export { CONCERNS, type Concern, DrawStream, Draws } from './draws.ts';
