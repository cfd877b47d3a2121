// The program in a process of its own, with a fake device behind it: node fake-main.ts ARGUMENTS
import { runProcess } from '../../../node/cli/run-process.ts';
import { eventView, fakeHost, STATUS } from './fake-host.ts';

const EVENTS = 20_000;

const { host } = fakeHost({
  api: {
    log: async function* ({ last }) {
      for (let seq = 1; seq <= (last ?? EVENTS); seq += 1) yield eventView(seq);
    },
    list: async () => ({ entities: { big: { id: 'big', text: 'ü'.repeat(8 * 1024 * 1024) } } }),
  },
  host: {
    up: async (_home, { signal, onReady }) => {
      onReady({ device: STATUS.device, addresses: STATUS.addresses, socket: '/tmp/control.sock' });
      // A device that takes for ever to stop when its home says so; any handle keeps the process alive.
      const alive = setInterval(() => undefined, 60_000);
      await new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => {
          if (process.env.SMO_HOME !== '/slow') resolve();
        }),
      );
      clearInterval(alive);
    },
  },
});

await runProcess(async () => host);
