export { Forger, type Forgery } from './forger.ts';
export { Impostor } from './impostor.ts';
