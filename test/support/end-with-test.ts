import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { endChild } from './end-child.ts';

/**
 * Has a process end with the test, if it still runs then: also with one that has waited for it in vain. A process that is
 * left behind keeps everybody waiting who reads what the tests print.
 */
export const endWithTest = <Child extends ChildProcess>(child: Child): Child => {
  const closed = once(child, 'close');
  onTestFinished(() => endChild(child, closed));
  return child;
};
