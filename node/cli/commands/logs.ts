import type { Command } from 'commander';
import type { EventView, NodeApi } from '../../api/index.ts';
import { addCommand } from '../command-line.ts';
import { countText } from '../format.ts';
import { parseCount } from '../option-values.ts';
import { printResult, type Session } from '../session.ts';
import { printStream } from '../stream-output.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Events and logs:';

/** `append`, `log`, `seal`, `verify`: events as such, and the logs that hold them. */
export const addLogCommands = (program: Command, session: Session): void => {
  addAppend(program, session);
  addLog(program, session);
  addSeal(program, session);
  addVerify(program, session);
};

const addAppend = (program: Command, session: Session): void => {
  addCommand(program, 'append', {
    group: GROUP,
    summary: 'append many events at once',
    description:
      'Appends the events of a file, one JSON object a line: {"type", "entityId", "payload", "actor"?, "source"?}. All of them are appended, or none where a line is wrong.',
    examples: ['append --jsonl events.jsonl', 'append --jsonl - < events.jsonl'],
  })
    .requiredOption('--jsonl <file>', 'the file; "-" reads the standard input')
    .action(async ({ jsonl }: { readonly jsonl: string }) => {
      const [{ readText }, { parseDrafts }] = await Promise.all([
        import('../text-input.ts'),
        import('../draft-lines.ts'),
      ]);
      const drafts = parseDrafts(await readText(session, jsonl));
      const appended = await withApi(session, (api) => api.append({ drafts }));
      await printResult(session, appended, () => `Appended ${countText(appended.events.length, 'event')}.`);
    });
};

interface LogOptions {
  readonly follow: boolean;
  readonly last?: number;
}

const addLog = (program: Command, session: Session): void => {
  addCommand(program, 'log', {
    group: GROUP,
    summary: 'list events of all devices',
    description:
      'Lists the events of all devices in their total order. With --follow it goes on with each event as it arrives, until Ctrl-C.',
    examples: ['log', 'log --last 20', 'log --follow --json'],
  })
    .option('--follow', 'go on with each event as it arrives', false)
    .option('--last <n>', 'only the last n events', parseCount(0))
    .action((options: LogOptions) =>
      withApi(session, async (api) => {
        const lineOf = session.json ? JSON.stringify : await humanLine(api);
        await printStream(session, api.log({ ...options }), lineOf, options.follow);
      }),
    );
};

const humanLine = async (api: NodeApi) => {
  const [{ logLine }, { originNames }] = await Promise.all([
    import('../views/event-view.ts'),
    import('../device-names.ts'),
  ]);
  const name = originNames(await api.status());
  return (event: EventView): string => logLine(event, name);
};

const addSeal = (program: Command, session: Session): void => {
  addCommand(program, 'seal', {
    group: GROUP,
    summary: 'close and sign the open segment of the own log',
    description:
      "Closes the open segment of this device's own log with a signed manifest. Full segments are sealed by themselves; sealing by hand is never needed.",
    examples: ['seal'],
  }).action(async () => {
    const { segments } = await withApi(session, (api) => api.seal());
    await printResult(session, { segments }, () =>
      segments.length === 0
        ? 'Nothing to seal.'
        : segments
            .map(
              (sealed) =>
                `Sealed segment ${sealed.segment}: ${countText(sealed.events, 'event')}, ${sealed.root}`,
            )
            .join('\n'),
    );
  });
};

const addVerify = (program: Command, session: Session): void => {
  addCommand(program, 'verify', {
    group: GROUP,
    summary: 'check every stored record and signature',
    description:
      'Recomputes every hash and checks every signature of what this device stores, and names each place that is damaged. With --smo-os it checks a Smo.OS 0.2.1 data folder instead, without writing to it. Exit code 1 when anything is wrong.',
    examples: ['verify', 'verify --json', 'verify --smo-os ~/smo-os/data'],
  })
    .option('--smo-os <folder>', 'check this Smo.OS 0.2.1 data folder')
    .action(async ({ smoOs }: { readonly smoOs?: string }) => {
      const report =
        smoOs === undefined
          ? await withApi(session, (api) => api.verify())
          : await (await session.host()).verifySmoOs(smoOs);
      if (!report.ok) session.fail();
      const { verifyText } = await import('../views/verify-view.ts');
      await printResult(session, report, () => verifyText(session, report));
    });
};
