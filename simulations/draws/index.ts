export { CONCERNS, type Concern, DrawStream, Draws, ENTITY_MAX } from './draws.ts';
