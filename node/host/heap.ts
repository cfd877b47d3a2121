import { setFlagsFromString } from 'node:v8';

/**
 * Has the heap of this process collected when it is 1.7 times as large as what is in use, and not at about four times that:
 * a device that is up shares its machine with other programs. For a process that is a device, and nothing else
 * (docs/decisions/0048).
 */
export const keepHeapSmall = (): void => setFlagsFromString('--heap-growing-percent=70');
