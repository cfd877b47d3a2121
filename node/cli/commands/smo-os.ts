import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import type { ConformanceReport } from '../context.ts';
import { countText, printable } from '../format.ts';
import { paint, printResult, type Session } from '../session.ts';

const GROUP = 'Import and export:';

/** `project`, `conformance`: what old Smo.OS files say, without a home. */
export const addSmoOsCommands = (program: Command, session: Session): void => {
  addProject(program, session);
  addConformance(program, session);
};

const addProject = (program: Command, session: Session): void => {
  addCommand(program, 'project', {
    group: GROUP,
    summary: 'merge Smo.OS 0.1 files and print the state they give',
    description:
      'Merges Smo.OS 0.1 event files and prints entities and conflicts as JSON. The order of files and lines does not matter. Needs no home and writes nothing.',
    examples: ['project a.jsonl b.jsonl', 'project --count a.jsonl b.jsonl'],
  })
    .argument('<files...>', 'Smo.OS 0.1 event files')
    .option('--count', 'print only how many events the merge has', false)
    .action(async (files: readonly string[], options: { readonly count: boolean }) => {
      const { view, count } = await (await session.host()).projectSmoOs(files);
      if (options.count) await printResult(session, { count }, () => String(count));
      else await printResult(session, view, () => JSON.stringify(view, undefined, 2));
    });
};

const addConformance = (program: Command, session: Session): void => {
  addCommand(program, 'conformance', {
    group: GROUP,
    summary: 'run a folder of Smo.OS conformance cases',
    description:
      'Runs each folder that has a.jsonl, b.jsonl and expected.state.json (and expected.merged.count.json, where it is there). Exit code 1 when a case fails.',
    examples: ['conformance ./cases', 'conformance ./cases --json'],
  })
    .argument('<folder>', 'folder of the cases')
    .action(async (folder: string) => {
      const report = await (await session.host()).conformance(folder);
      if (!report.ok) session.fail();
      await printResult(session, report, () => conformanceText(session, report));
    });
};

const conformanceText = (session: Session, { cases }: ConformanceReport): string => {
  const passed = cases.filter((result) => result.ok).length;
  return [
    ...cases.map((result) => {
      const verdict = result.ok ? paint(session, 'green', 'pass') : paint(session, 'red', 'FAIL');
      const why = result.message === undefined ? '' : `: ${printable(result.message)}`;
      return `${verdict}  ${printable(result.name)}${why}`;
    }),
    `${passed} of ${countText(cases.length, 'case')} passed.`,
  ].join('\n');
};
