import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { execPath } from 'node:process';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import type { DeviceAnswer, DeviceCall, DeviceRequest, DeviceResult } from './device-call.ts';
import type { Held } from './held-logs.ts';
import type { RealDevice, RealDeviceFigures, RealDeviceInit } from './real-device.ts';

/** Beside this file, as source or compiled. */
const WORKER = join(import.meta.dirname, `device-worker${extname(import.meta.filename)}`);

/** How long a device may take to stop before its process is killed. */
const STOP_MS = 5_000;

interface Waiting {
  readonly resolve: (result: DeviceResult) => void;
  readonly reject: (error: Error) => void;
}

/** A real device in a process of its own. */
export class ProcessDevice implements RealDevice {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #waiting = new Map<number, Waiting>();
  #addresses: readonly string[] = [];
  #lastId = 0;

  /**
   * Starts the process, which then waits for {@link start}.
   * @param command words that run the program after them, perhaps elsewhere
   */
  constructor(name: string, command: readonly string[]) {
    this.#name = name;
    const [program = '', ...words] = [...command, execPath, WORKER];
    this.#child = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Maps and bytes go as they are.
      serialization: 'advanced',
    });
    this.#closed = once(this.#child, 'close').catch(() => undefined);
    this.#child.on('message', (message) => this.#hear(message as DeviceAnswer));
    this.#child.on('error', () => undefined);
    this.#closed.then(() => this.#end());
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  async start(init: RealDeviceInit): Promise<void> {
    this.#addresses = (await this.#call({ type: 'start', init })) as readonly string[];
  }

  async write(batches: readonly (readonly PlacedEvent[])[], signal: AbortSignal): Promise<void> {
    await this.#call({ type: 'write', batches }, signal);
  }

  async holds(held: Held, signal: AbortSignal): Promise<void> {
    await this.#call({ type: 'holds', held }, signal);
  }

  async seal(): Promise<void> {
    await this.#call({ type: 'seal' });
  }

  async break(other: DeviceId): Promise<void> {
    await this.#call({ type: 'break', other });
  }

  async held(): Promise<Held> {
    return (await this.#call({ type: 'held' })) as Held;
  }

  async figures(): Promise<RealDeviceFigures> {
    return (await this.#call({ type: 'figures' })) as RealDeviceFigures;
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    try {
      // A device that never started has nothing to stop.
      if (this.#addresses.length > 0) await this.#call({ type: 'stop' });
    } finally {
      this.#child.kill('SIGKILL');
      await this.#closed;
      clearTimeout(timer);
    }
  }

  #call(call: DeviceCall, signal?: AbortSignal): Promise<DeviceResult> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      const forget = (): void => signal?.removeEventListener('abort', abort);
      this.#waiting.set(id, {
        resolve: (result) => {
          forget();
          resolve(result);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      });
      const request: DeviceRequest = { id, call };
      this.#child.send(request, (error) => {
        if (error !== null) this.#end();
      });
    });
  }

  #hear(answer: DeviceAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === 'done') waiting?.resolve(answer.result);
    else waiting?.reject(new SmoError(answer.code, `${this.#name}: ${answer.message}`, answer.hint));
  }

  #end(): void {
    const how = this.#child.signalCode ?? `exit code ${this.#child.exitCode}`;
    for (const { reject } of this.#waiting.values()) {
      reject(
        new SmoError('run_died', `the process of ${this.#name} ended (${how})`, 'Memory may have run out.'),
      );
    }
    this.#waiting.clear();
  }
}
