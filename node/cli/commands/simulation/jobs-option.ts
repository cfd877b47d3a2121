import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { parseCount } from '../../option-values.ts';

/** `--jobs`, by default as many as there are cores. */
export const jobsOption = (): Option =>
  new Option('--jobs <n>', 'how many processes run at once')
    .argParser(parseCount(1))
    .default(availableParallelism(), 'as many as there are cores');
