/** Imported before a program, tells in its end which modules of Node it has loaded that `fetch` and WebSocket are made of. */
import process from 'node:process';

const { moduleLoadList } = process as typeof process & { readonly moduleLoadList: readonly string[] };

process.on('exit', () =>
  process.stderr.write(`${JSON.stringify(moduleLoadList.filter((name) => name.includes('undici')))}\n`),
);
