import { Option } from 'commander';
import type { RunMode } from '../../../../simulations/index.ts';

const MODES: readonly RunMode[] = ['exact', 'scale'];

/** `--mode`, by default the one in which nothing is shared. */
export const modeOption = (): Option =>
  new Option(
    '--mode <mode>',
    'whether each device does all of its work (exact), or all devices do what is the same for them once (scale); it comes to the same',
  )
    .choices(MODES)
    .default('exact');
