export { accept, type Fault, refuse, type Verdict } from './fault.ts';
export { errorFromFault, SmoError } from './smo-error.ts';
