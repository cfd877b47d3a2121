import { type Command, Option } from 'commander';
import type { DeviceView, RevokeInput, Role } from '../../api/index.ts';
import { addCommand } from '../command-line.ts';
import { countText, printable } from '../format.ts';
import { parseTime, roleArgument } from '../option-values.ts';
import { printResult, type Session } from '../session.ts';
import { shortId } from '../short-id.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'This space:';
const DEVICE = 'name of the device, its id, or an unambiguous prefix of its id';

/** `device list|rename|role|revoke`: the devices of the space, and what each may do. */
export const addMemberCommands = (program: Command, session: Session): void => {
  const device = addCommand(program, 'device', {
    group: GROUP,
    summary: 'list, rename, revoke the devices of the space, and change what they may do',
    description:
      'Shows and changes who belongs to the space. Every change is an event of this device, which the others take over as soon as they receive it.',
    examples: ['device list', 'device rename phone "old phone"', 'device revoke laptop --reason lost'],
  });
  addList(device, session);
  addRename(device, session);
  addRole(device, session);
  addRevoke(device, session);
};

const addList = (parent: Command, session: Session): void => {
  addCommand(parent, 'list', {
    summary: 'list the devices of the space, also those that were revoked',
    description:
      'Lists the members of the space with what they may do and how many of their events are held here, then the devices that were revoked.',
    examples: ['device list', 'device list --json'],
  }).action(async () => {
    const list = await withApi(session, (api) => api.devices());
    await printResult(session, list, async () => {
      const { devicesText } = await import('../views/devices-view.ts');
      return devicesText(list.devices);
    });
  });
};

const addRename = (parent: Command, session: Session): void => {
  addCommand(parent, 'rename', {
    summary: 'give a device another name',
    description: 'Gives a device another name. An admin can rename any device, and every device itself.',
    examples: ['device rename phone "old phone"'],
  })
    .argument('<device>', DEVICE)
    .argument('<name>', 'its new name')
    .action(async (device: string, name: string) => {
      const renamed = await withApi(session, (api) => api.renameDevice({ device, name }));
      await printResult(
        session,
        renamed,
        () => `${shortId(renamed.device)} is "${printable(renamed.name)}" now.`,
      );
    });
};

const addRole = (parent: Command, session: Session): void => {
  addCommand(parent, 'role', {
    summary: 'change what a device may do',
    description:
      'Changes what a device may do. An admin writes, invites and changes devices; a writer writes; a reader only reads; a replica only stores and passes on, such as a relay.',
    examples: ['device role phone admin', 'device role tv reader'],
  })
    .argument('<device>', DEVICE)
    .addArgument(roleArgument())
    .action(async (device: string, role: Role) => {
      const changed = await withApi(session, (api) => api.changeRole({ device, role }));
      await printResult(session, changed, () => `"${printable(changed.name)}" is ${changed.role} now.`);
    });
};

const addRevoke = (parent: Command, session: Session): void => {
  addCommand(parent, 'revoke', {
    summary: 'end the membership of a device that was lost, stolen or retired',
    description:
      'Ends the membership of a device for ever: it is hung up on, cannot connect again, and what it writes from now on counts nowhere. What this device has received of it still counts; with --before, only what it wrote before a time. To use the machine again, let it join as a new device.',
    examples: ['device revoke laptop', 'device revoke laptop --reason stolen --before 2026-11-20T18:00'],
  })
    .argument('<device>', DEVICE)
    .option('--reason <text>', 'why, for the other devices')
    .addOption(
      new Option(
        '--before <time>',
        'count only what it wrote before this time, e.g. 2026-11-20T18:00',
      ).argParser(parseTime),
    )
    .action(async (device: string, options: Pick<RevokeInput, 'reason' | 'before'>) => {
      const revoked = await withApi(session, (api) => api.revokeDevice({ device, ...options }));
      await printResult(session, revoked, () => revokedText(revoked));
    });
};

const revokedText = ({ name, events, excluded }: DeviceView): string =>
  [
    `"${printable(name)}" is revoked. ${countText(events, 'event')} of it ${events === 1 ? 'counts' : 'count'}${excluded === 0 ? '' : `, ${excluded.toLocaleString('en')} no longer`}.`,
    'Devices that have not heard of it yet may still talk to it: bring them on line.',
  ].join('\n');
