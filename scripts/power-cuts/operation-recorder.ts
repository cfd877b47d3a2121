import { isAbsolute, relative } from 'node:path';
import { bytesAfter } from './file-bytes.ts';
import { Names, type Spot } from './names.ts';
import { isChange, isNaming, type NodeId, type Operation, TOP } from './operation.ts';
import { type Argument, bytesOf, numberOf, type SystemCall } from './system-call.ts';

/** An open file, as the process knows it. */
interface OpenFile {
  readonly node: NodeId;
  readonly appends: boolean;
  offset: number;
  /** Line of the trace since which it is open. */
  readonly since: number;
}

/** Where the process writes what it says. */
const OUTPUT = 1;

/** Makes operations of the calls of one process: what they do to the files of a folder. */
export class OperationRecorder {
  readonly #root: string;
  readonly #operations: Operation[];
  /** Line of the trace at which each operation was done; 0 for those that were done before. */
  readonly #lines: number[];
  readonly #names = new Names();
  readonly #files = new Map<number, OpenFile>();
  #nodes: NodeId = TOP;
  /** What each call does that is understood. */
  readonly #handlers: Readonly<Record<string, (call: SystemCall) => void>> = {
    openat: (call) => this.#open(call),
    close: (call) => this.#close(call),
    write: (call) => this.#write(call),
    writev: (call) => this.#write(call),
    pwrite64: (call) => this.#write(call, numberOf(call.args[3])),
    ftruncate: (call) => this.#truncate(call),
    copy_file_range: (call) => this.#copy(call),
    fsync: (call) => this.#sync(call),
    fdatasync: (call) => this.#sync(call),
    mkdir: (call) => this.#make(call, this.#spot(call.args[0]), true),
    rename: (call) => this.#rename(call, 'move'),
    link: (call) => this.#rename(call, 'link'),
    unlink: (call) => this.#remove(call, this.#spot(call.args[0])),
    rmdir: (call) => this.#remove(call, this.#spot(call.args[0])),
    unlinkat: (call) => this.#remove(call, this.#spotFrom(call)),
  };

  /**
   * @param root absolute path of the folder
   * @param before the operations that make what it holds at first
   */
  constructor(root: string, before: readonly Operation[]) {
    this.#root = root;
    this.#operations = [...before];
    this.#lines = before.map(() => 0);
    for (const operation of before) {
      if (isNaming(operation)) this.#names.apply(operation);
      if (operation.type === 'make') this.#nodes = Math.max(this.#nodes, operation.node);
    }
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** @throws Error when the call changes files of the folder in a way that is not known here */
  take(call: SystemCall): void {
    if (call.result < 0) return;
    const handler = this.#handlers[call.name];
    if (handler !== undefined) handler(call);
    else if (call.args.some((argument) => this.#spot(argument) !== undefined || this.#isOpen(argument))) {
      throw new Error(`the process calls ${call.name}, which is not known here`);
    }
  }

  #do(call: SystemCall, operation: Operation): void {
    if (isNaming(operation)) this.#names.apply(operation);
    this.#operations.push(operation);
    this.#lines.push(call.ended);
  }

  /** Where a path leads; undefined for what is not in the folder, or no path. */
  #spot(path: Argument | undefined): Spot | undefined {
    if (!(path instanceof Uint8Array)) return undefined;
    const inside = relative(this.#root, Buffer.from(path).toString());
    return inside === '..' || inside.startsWith('../') ? undefined : this.#names.spot(inside);
  }

  /** Where a path leads that may begin at an open folder. */
  #spotFrom({ name, args: [folder = '', path] }: SystemCall): Spot | undefined {
    if (folder === 'AT_FDCWD' || !(path instanceof Uint8Array)) return this.#spot(path);
    if (isAbsolute(Buffer.from(path).toString())) return this.#spot(path);
    if (!this.#isOpen(folder)) return undefined;
    throw new Error(`the process calls ${name} from an open folder, which is not known here`);
  }

  #open(call: SystemCall): void {
    const spot = this.#spotFrom(call);
    this.#files.delete(call.result);
    if (spot === undefined) return;
    const flags = String(call.args[2]);
    if (spot.node !== undefined && flags.includes('O_TRUNC')) {
      this.#do(call, { type: 'truncate', node: spot.node, length: 0 });
    }
    if (spot.node === undefined) this.#make(call, spot, false);
    const node = spot.node ?? this.#nodes;
    this.#files.set(call.result, { node, appends: flags.includes('O_APPEND'), offset: 0, since: call.ended });
  }

  #close({ args, began }: SystemCall): void {
    const file = numberOf(args[0]);
    // Another thread may have been given the same number before this call was seen to end.
    if ((this.#files.get(file)?.since ?? began) < began) this.#files.delete(file);
  }

  #write(call: SystemCall, at?: number): void {
    const written = (): Uint8Array => bytesOf(call.args[1]).subarray(0, call.result);
    if (call.args[0] === OUTPUT) this.#do(call, { type: 'say', text: Buffer.from(written()).toString() });
    this.#onFile(call, (file) => {
      const offset = at ?? (file.appends ? this.#contents(file.node).length : file.offset);
      this.#do(call, { type: 'write', node: file.node, offset, bytes: written() });
      if (at === undefined) file.offset = offset + call.result;
    });
  }

  #truncate(call: SystemCall): void {
    const length = numberOf(call.args[1]);
    this.#onFile(call, ({ node }) => this.#do(call, { type: 'truncate', node, length }));
  }

  #copy(call: SystemCall): void {
    const source = this.#files.get(numberOf(call.args[0]));
    const target = this.#files.get(numberOf(call.args[2]));
    if (target === undefined) return;
    if (source === undefined) throw new Error('a file from outside is copied into the folder');
    const bytes = this.#contents(source.node).slice(source.offset, source.offset + call.result);
    this.#do(call, { type: 'write', node: target.node, offset: target.offset, bytes });
    source.offset += call.result;
    target.offset += call.result;
  }

  #make(call: SystemCall, spot: Spot | undefined, isFolder: boolean): void {
    if (spot === undefined) return;
    this.#nodes += 1;
    this.#do(call, { type: 'make', folder: spot.folder, name: spot.name, node: this.#nodes, isFolder });
  }

  #rename(call: SystemCall, type: 'move' | 'link'): void {
    const [from, to] = [this.#spot(call.args[0]), this.#spot(call.args[1])];
    if (from === undefined && to === undefined) return;
    if (from === undefined || to === undefined) throw new Error('a file comes into the folder, or leaves it');
    const { folder, name } = from;
    this.#do(call, { type, folder, name, toFolder: to.folder, toName: to.name });
  }

  #remove(call: SystemCall, spot: Spot | undefined): void {
    // A socket has been made by a call that is not watched.
    if (spot?.node !== undefined) this.#do(call, { type: 'remove', folder: spot.folder, name: spot.name });
  }

  #sync(call: SystemCall): void {
    const covers = this.#lines.findLastIndex((line) => line < call.began) + 1;
    this.#onFile(call, ({ node }) => this.#do(call, { type: 'sync', node, covers }));
  }

  #onFile({ args }: SystemCall, act: (file: OpenFile) => void): void {
    const file = this.#files.get(numberOf(args[0]));
    if (file !== undefined) act(file);
  }

  #isOpen(argument: Argument): boolean {
    return typeof argument === 'number' && this.#files.has(argument);
  }

  #contents(node: NodeId): Uint8Array {
    return bytesAfter(this.#operations.filter((operation) => isChange(operation, node)));
  }
}
