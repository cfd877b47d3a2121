export { Agenda, type Happening } from './agenda.ts';
