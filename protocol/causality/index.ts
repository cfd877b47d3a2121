export { CausalIndex, type CausalStep } from './causal-index.ts';
