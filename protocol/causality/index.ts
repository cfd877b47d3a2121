export { CausalIndex, type CausalStep, type LastOf } from './causal-index.ts';
export { type KnowledgeBook, OwnKnowledge } from './knowledge-book.ts';
export { type Causes, type EventPlace, LogKnowledge } from './log-knowledge.ts';
