export { CausalIndex, type CausalStep, type LastOf } from './causal-index.ts';
export { isEmpty, type KnowledgeBook, OwnKnowledge, type Statement } from './knowledge-book.ts';
export { LogKnowledge } from './log-knowledge.ts';
