import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import { printable } from '../format.ts';
import { printResult, type Session } from '../session.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Conflicts:';

/** `conflicts`, `resolve`: what two devices wrote without knowing of each other. */
export const addConflictCommands = (program: Command, session: Session): void => {
  addConflicts(program, session);
  addResolve(program, session);
};

const addConflicts = (program: Command, session: Session): void => {
  addCommand(program, 'conflicts', {
    group: GROUP,
    summary: 'show fields that two devices set differently at the same time',
    description:
      'Shows the open conflicts: fields to which devices gave different values without knowing of each other. Nothing is lost; until someone chooses, one of the values is shown, the same on every device.',
    examples: ['conflicts', 'conflicts --all', 'conflicts --json'],
  })
    .option('--all', 'closed conflicts too', false)
    .action(async ({ all }: { readonly all: boolean }) => {
      const [list, status] = await withApi(session, async (api) => {
        const asked = await api.conflicts({ all });
        return [asked, session.json ? undefined : await api.status()];
      });
      await printResult(session, list, async () => {
        const { conflictsText } = await import('../views/conflict-view.ts');
        return conflictsText(session, list.conflicts, all, status);
      });
    });
};

const addResolve = (program: Command, session: Session): void => {
  addCommand(program, 'resolve', {
    group: GROUP,
    summary: 'choose which value of a conflict holds',
    description:
      'Closes an open conflict: the field takes the value of the event that is chosen, on every device.',
    examples: ['resolve inbox title ev1k3v7q2m5x4yd'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('<field>', 'the field in conflict')
    .argument('<event>', 'id of the event whose value holds, or an unambiguous prefix of it')
    .action(async (entity: string, field: string, event: string) => {
      const resolved = await withApi(session, (api) => api.resolve({ entity, field, event }));
      await printResult(
        session,
        resolved,
        () => `Resolved: ${printable(field)} of ${printable(resolved.events[0]?.entityId ?? entity)}.`,
      );
    });
};
