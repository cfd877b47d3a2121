import type { News, Sample, Sighting } from '../../../simulations/index.ts';

/** A file that grows while a run goes on. It hears of what it has a method for. */
export interface RunFile {
  news?(news: News): void;
  sample?(sample: Sample): void;
  visible?(sighting: Sighting): void;
  close(): void;
}
