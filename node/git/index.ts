export { makeRepository, type NewCommit, type NewFile } from './make-repository.ts';
export { type GitProgress, type GitReadOptions, readGitHistory } from './read-git-history.ts';
export { makeSampleRepository } from './sample-repository.ts';
