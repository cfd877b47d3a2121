export { CausalIndex, type CausalStep, type LastOf } from './causal-index.ts';
