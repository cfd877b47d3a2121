import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import { fullEntityId } from '../entity-reference.ts';
import { parseFields } from '../field-values.ts';
import { printResult, type Session, usageError } from '../session.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'Entities:';

/** `create`, `update`, `list`, `show`, `history`. */
export const addEntityCommands = (program: Command, session: Session): void => {
  addCreate(program, session);
  addUpdate(program, session);
  addList(program, session);
  addShow(program, session);
  addHistory(program, session);
};

const VALUES = 'A value that parses as JSON is that JSON, all else is a string.';

const addCreate = (program: Command, session: Session): void => {
  addCommand(program, 'create', {
    group: GROUP,
    summary: 'make an entity and print its id',
    description: `Makes an entity with a name and other fields, and prints its id. ${VALUES}`,
    examples: [
      'create "Buy milk"',
      'create "Buy milk" done=false tags=\'["shop"]\'',
      'create Inbox --id inbox',
    ],
  })
    .argument('<name>', 'value of the field "name"')
    .argument('[fields...]', 'more fields, each field=value')
    .option('--id <id>', 'id of the entity (default: a random UUID)')
    .action(async (name: string, words: readonly string[], options: { readonly id?: string }) => {
      const payload = parseFields(words, { name });
      if (options.id === '')
        throw usageError('the id of the entity is empty', 'Leave --id out for a new one.');
      const entityId = options.id ?? session.io.randomUuid();
      const appended = await withApi(session, async (api) => {
        const { CORE_TYPE } = await import('../../../protocol/event/index.ts');
        return api.append({ drafts: [{ type: CORE_TYPE.entityCreated, entityId, payload }] });
      });
      await printResult(session, appended, () => entityId);
    });
};

const addUpdate = (program: Command, session: Session): void => {
  addCommand(program, 'update', {
    group: GROUP,
    summary: 'set fields of an entity',
    description: `Sets fields of an entity. ${VALUES}`,
    examples: ['update 5f0c2c1e done=true', 'update inbox title="Things to do" colour='],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('<fields...>', 'fields, each field=value')
    .action(async (entity: string, words: readonly string[]) => {
      const payload = parseFields(words);
      const appended = await withApi(session, async (api) => {
        const { CORE_TYPE } = await import('../../../protocol/event/index.ts');
        const entityId = await fullEntityId(api, entity);
        return api.append({ drafts: [{ type: CORE_TYPE.stateUpdated, entityId, payload }] });
      });
      await printResult(session, appended, async () => {
        const { appendedText } = await import('../views/event-view.ts');
        return appendedText(appended);
      });
    });
};

const addList = (program: Command, session: Session): void => {
  addCommand(program, 'list', {
    group: GROUP,
    summary: 'list the entities',
    description: 'Lists the entities with their fields.',
    examples: ['list', 'list --json'],
  }).action(async () => {
    const list = await withApi(session, (api) => api.list());
    await printResult(session, list, async () => {
      const { entitiesText } = await import('../views/entity-view.ts');
      return entitiesText(list);
    });
  });
};

const addShow = (program: Command, session: Session): void => {
  addCommand(program, 'show', {
    group: GROUP,
    summary: 'show one entity whole, with its open conflicts',
    description:
      'Shows all fields, relations and metrics of an entity, and which of its fields are in conflict.',
    examples: ['show inbox', 'show 5f0c2c1e --json'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .action(async (entity: string) => {
      const detail = await withApi(session, (api) => api.show({ entity }));
      await printResult(session, detail, async () => {
        const { entityText } = await import('../views/entity-view.ts');
        return entityText(session, detail);
      });
    });
};

const addHistory = (program: Command, session: Session): void => {
  addCommand(program, 'history', {
    group: GROUP,
    summary: 'show every change of an entity, or of one of its fields',
    description:
      'Shows who changed an entity, or one field of it, when and to what, the oldest change first.',
    examples: ['history inbox', 'history inbox title', 'history inbox --json'],
  })
    .argument('<entity>', 'id of the entity, or an unambiguous prefix of it')
    .argument('[field]', 'only changes of this field')
    .action(async (entity: string, field: string | undefined) => {
      const [history, status] = await withApi(session, async (api) => {
        const asked = await api.history(field === undefined ? { entity } : { entity, field });
        return [asked, session.json ? undefined : await api.status()];
      });
      await printResult(session, history, async () => {
        const { historyText } = await import('../views/event-view.ts');
        return historyText(history, field, status);
      });
    });
};
