import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import { fullEntityId } from '../entity-reference.ts';
import { printResult, type Session, usageError } from '../session.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Entities:';

/** `relate`, `unrelate`, `metric`: what an entity has besides fields. */
export const addRelationCommands = (program: Command, session: Session): void => {
  addRelate(program, session);
  addUnrelate(program, session);
  addMetric(program, session);
};

const addRelate = (program: Command, session: Session): void => {
  addCommand(program, 'relate', {
    group: GROUP,
    summary: 'relate an entity to another and print the id of the relation',
    description:
      'Relates an entity to another one, and prints the id of the relation, by which "smo unrelate" removes it.',
    examples: ['relate inbox contains 5f0c2c1e', 'relate inbox contains 5f0c2c1e --id first'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('<type>', 'what the relation is')
    .argument('<target>', 'id of the other entity, or an unambiguous prefix of it')
    .option('--id <id>', 'id of the relation (default: a random UUID)')
    .action(async (entity: string, type: string, target: string, options: { readonly id?: string }) => {
      if (options.id === '')
        throw usageError('the id of the relation is empty', 'Leave --id out for a new one.');
      const id = options.id ?? session.io.randomUuid();
      const appended = await withApi(session, async (api) => {
        const { CORE_TYPE } = await import('../../../protocol/event/index.ts');
        const entityId = await fullEntityId(api, entity);
        const payload = { id, type, target: await fullEntityId(api, target) };
        return api.append({ drafts: [{ type: CORE_TYPE.relationAdded, entityId, payload }] });
      });
      await printResult(session, { ...appended, relation: id }, () => id);
    });
};

const addUnrelate = (program: Command, session: Session): void => {
  addCommand(program, 'unrelate', {
    group: GROUP,
    summary: 'remove a relation of an entity',
    description:
      'Removes a relation of an entity by its id, which "smo relate" printed and "smo show" shows.',
    examples: ['unrelate inbox first'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('<relation>', 'id of the relation')
    .action(async (entity: string, relation: string) => {
      const appended = await withApi(session, (api) => api.unrelate({ entity, relation }));
      await printResult(session, appended, async () => {
        const { appendedText } = await import('../views/event-view.ts');
        return appendedText(appended);
      });
    });
};

const addMetric = (program: Command, session: Session): void => {
  addCommand(program, 'metric', {
    group: GROUP,
    summary: 'record a measurement of an entity',
    description: 'Records a measurement of an entity: a name, a number and, where it has one, its unit.',
    examples: ['metric run-17 distance 5.2 --unit km', 'metric outside temperature -4'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('<name>', 'what was measured')
    .argument('<value>', 'the number')
    .option('--unit <unit>', 'what the number counts')
    .action(async (entity: string, name: string, text: string, options: { readonly unit?: string }) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value)) throw usageError(`"${text}" is no number`, 'Give a number such as 5.2.');
      const appended = await withApi(session, async (api) => {
        const { CORE_TYPE } = await import('../../../protocol/event/index.ts');
        const entityId = await fullEntityId(api, entity);
        const payload = { name, value, ...(options.unit === undefined ? {} : { unit: options.unit }) };
        return api.append({ drafts: [{ type: CORE_TYPE.metricRecorded, entityId, payload }] });
      });
      await printResult(session, appended, async () => {
        const { appendedText } = await import('../views/event-view.ts');
        return appendedText(appended);
      });
    });
};
