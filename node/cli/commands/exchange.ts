import { type Command, Option } from 'commander';
import type { Imported, ImportInput } from '../../api/index.ts';
import { addCommand } from '../command-line.ts';
import { countText, printable } from '../format.ts';
import { printResult, type Session, usageError } from '../session.ts';
import { printStream } from '../stream-output.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Import and export:';

/** `export`, `import`: to and from files of other programs. */
export const addExchangeCommands = (program: Command, session: Session): void => {
  addExport(program, session);
  addImport(program, session);
};

interface ExportOptions {
  readonly smoOs?: boolean;
  readonly lost?: boolean;
  readonly out?: string;
}

const addExport = (program: Command, session: Session): void => {
  addCommand(program, 'export', {
    group: GROUP,
    summary: 'write all events to a file or to the standard output',
    description:
      'Writes all events, one JSON object a line. With --lost it writes what this device has written and a repair has cut off, as far as it can still be read, the way "smo append --jsonl" takes it. With --out the file is there whole or not at all; a file of that name is replaced.',
    examples: [
      'export > events.jsonl',
      'export --jsonl --out events.jsonl',
      'export --smo-os --out bundle.jsonl',
      'export --lost --out lost.jsonl',
    ],
  })
    .addOption(
      new Option('--jsonl', 'events as this program shows them (the default)').conflicts(['smoOs', 'lost']),
    )
    .addOption(new Option('--smo-os', 'a Smo.OS 0.3.0 bundle').conflicts('lost'))
    .option('--lost', 'what a repair has cut off of this device')
    .option('--out <file>', 'the file to write')
    .action(async ({ smoOs, lost, out }: ExportOptions) => {
      if (lost === true) {
        await writeOut(session, lostLines(session), out);
        return;
      }
      const format = smoOs === true ? 'smo-os' : 'jsonl';
      await withApi(session, (api) => writeOut(session, api.export({ format }), out));
    });
};

async function* lostLines(session: Session): AsyncIterable<string> {
  const host = await session.host();
  for (const draft of await host.lost(session.home())) yield JSON.stringify(draft);
}

/** Prints lines, or writes them to a file. */
const writeOut = async (
  session: Session,
  lines: AsyncIterable<string>,
  out: string | undefined,
): Promise<void> => {
  if (out === undefined) {
    await printStream(session, lines, (line) => line, false);
    return;
  }
  const { writeLines } = await import('../file-output.ts');
  const written = await writeLines(out, lines);
  await printResult(
    session,
    { file: out, lines: written },
    () => `Wrote ${countText(written, 'line')} to ${printable(out)}.`,
  );
};

const addImport = (program: Command, session: Session): void => {
  addCommand(program, 'import', {
    group: GROUP,
    summary: 'take in events of a Smo.OS file or the history of a git repository',
    description:
      'Takes in a Smo.OS 0.1 file or 0.3.0 bundle, or, with --git, the history of a git repository: each path becomes an entity. What is here already is passed over, so an import can be repeated. All of it is taken in, or nothing.',
    examples: ['import notes.jsonl', 'import bundle.jsonl --json', 'import --git .'],
  })
    .argument('[file]', 'the file; "-" reads the standard input')
    .option('--git <path>', 'a git repository')
    .action(async (file: string | undefined, { git }: { readonly git?: string }) => {
      const input = await importInput(session, file, git);
      const imported = await withApi(session, (api) => api.import(input));
      await printResult(session, imported, () => importedText(imported));
    });
};

const importInput = async (
  session: Session,
  file: string | undefined,
  git: string | undefined,
): Promise<ImportInput> => {
  if ((file === undefined) === (git === undefined)) {
    throw usageError('import takes a file or --git PATH, one of the two', 'See "smo help import".');
  }
  // Absolute, because a running device has another working folder.
  if (file === undefined) {
    const { resolve } = await import('node:path');
    return { kind: 'git', path: resolve(git ?? '') };
  }
  const { nameOf, readText } = await import('../text-input.ts');
  return { kind: 'smo-os', name: nameOf(file), text: await readText(session, file) };
};

const importedText = ({ imported, known, logs, late, skipped }: Imported): string =>
  [
    `Imported ${countText(imported, 'event')} in ${countText(logs, 'log')}; ${known.toLocaleString('en')} were here already.`,
    ...(late === 0
      ? []
      : [
          `${countText(late, 'event')} came after others that had seen them, and stand beside those as concurrent: import all files of a history at once to avoid that.`,
        ]),
    ...(skipped === 0
      ? []
      : [
          `${countText(skipped, 'event')} about the devices of a space were left out: they mean nothing elsewhere.`,
        ]),
  ].join('\n');
