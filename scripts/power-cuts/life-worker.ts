/** Lives a part of the life of a device, in a process that is watched. What is promised is said, a line for each time. */
import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { placeIn } from './life.ts';
import { LIVES, type LifeName } from './lives/index.ts';

const [, , name = '', folder = '', elsewhere = ''] = argv;
await LIVES[name as LifeName].live(placeIn(folder, elsewhere), (promised) => {
  // At once, so that it is said before anything else is done.
  writeSync(1, `${JSON.stringify(promised)}\n`);
});
