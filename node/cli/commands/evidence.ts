import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import { printResult, type Session } from '../session.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Events and logs:';

/** `evidence list|export|verify|import`: logs of which their device has signed two histories, and the proofs. */
export const addEvidenceCommands = (program: Command, session: Session): void => {
  const evidence = addCommand(program, 'evidence', {
    group: GROUP,
    summary: 'show and pass on proofs that a device has signed two histories of its log',
    description:
      'A device whose home was restored from a copy, or ran twice, may sign two histories of its log. Its log is then frozen everywhere: events before the two part count, later ones do not. The proof of it needs nothing but itself.',
    examples: ['evidence list', 'evidence export laptop --out fork.json', 'evidence verify fork.json'],
  });
  addList(evidence, session);
  addExport(evidence, session);
  addVerify(evidence, session);
  addImport(evidence, session);
};

const addList = (parent: Command, session: Session): void => {
  addCommand(parent, 'list', {
    summary: 'list the logs that have two histories',
    description:
      'Lists the logs that are known to have two histories, with the last event that counts and what was signed twice.',
    examples: ['evidence list', 'evidence list --json'],
  }).action(async () => {
    const list = await withApi(session, (api) => api.evidence());
    await printResult(session, list, async () => {
      const { evidenceListText } = await import('../views/evidence-view.ts');
      return evidenceListText(list.evidence);
    });
  });
};

const addExport = (parent: Command, session: Session): void => {
  addCommand(parent, 'export', {
    summary: 'print the proof that a log has two histories, or write it to a file',
    description:
      'Prints the proof as one line of JSON: two signed manifests and the hashes that show where they part. It holds no event. Anyone can check it with "smo evidence verify", without a home and without a network.',
    examples: ['evidence export laptop --out fork.json', 'evidence export 12D3KooWAbCdEfGh > fork.json'],
  })
    .argument('<log>', 'the log, an unambiguous prefix of its id, or the name of its device')
    .option('--out <file>', 'write it to this file')
    .action(async (log: string, { out }: { readonly out?: string }) => {
      const { evidence } = await withApi(session, (api) => api.evidence());
      const [{ findEvidence }, { canonicalText }] = await Promise.all([
        import('../evidence-reference.ts'),
        import('../../../protocol/bytes/index.ts'),
      ]);
      const { origin, proof } = findEvidence(evidence, log);
      const text = canonicalText(proof);
      if (out === undefined) return printResult(session, proof, () => text);
      const { writeLines } = await import('../file-output.ts');
      await writeLines(out, oneLine(text));
      await printResult(session, { file: out, origin }, () => `Wrote the proof to ${out}.`);
    });
};

const addVerify = (parent: Command, session: Session): void => {
  addCommand(parent, 'verify', {
    summary: 'check a proof, without a home and without a network',
    description:
      'Checks the proof in a file and says who has signed what twice. Whoever has the file can do so. Exit code 1 when it proves nothing.',
    examples: ['evidence verify fork.json', 'evidence verify - < fork.json'],
  })
    .argument('<file>', 'the file; "-" reads the standard input')
    .action(async (file: string) => {
      const { readText } = await import('../text-input.ts');
      const text = await readText(session, file);
      const report = await (await session.host()).verifyEvidence(text);
      if (!report.ok) session.fail();
      await printResult(session, report, async () => {
        const { evidenceReportText } = await import('../views/evidence-view.ts');
        return evidenceReportText(session, report);
      });
    });
};

const addImport = (parent: Command, session: Session): void => {
  addCommand(parent, 'import', {
    summary: 'take in a proof that was exported elsewhere',
    description:
      'Takes in the proof in a file, freezes the log that it is about, and tells every device of the space. For when the devices that know of it cannot be reached.',
    examples: ['evidence import fork.json'],
  })
    .argument('<file>', 'the file; "-" reads the standard input')
    .action(async (file: string) => {
      const { readText } = await import('../text-input.ts');
      const text = await readText(session, file);
      const imported = await withApi(session, (api) => api.importEvidence({ text }));
      await printResult(session, imported, async () => {
        const { evidenceImportedText } = await import('../views/evidence-view.ts');
        return evidenceImportedText(imported);
      });
    });
};

const oneLine = async function* (text: string): AsyncGenerator<string> {
  yield text;
};
