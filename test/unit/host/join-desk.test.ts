import { describe, expect, test } from 'vitest';
import { appendDrafts, type Device } from '../../../node/host/device.ts';
import { cancelInvite } from '../../../node/host/invite.ts';
import { InviteBook } from '../../../node/host/invite-book.ts';
import { JoinDesk } from '../../../node/host/join-desk.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import {
  decodeJoinMessage,
  deviceRevoked,
  encodeJoinMessage,
  INVITE_ATTEMPTS_MAX,
  type Invite,
  inviteName,
  Joiner,
  type JoinMessage,
  roleChanged,
} from '../../../protocol/membership/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import type { FramePipe } from '../../../transports/index.ts';
import { framePipes } from '../../support/frame-pipes.ts';
import { homeDevice } from '../../support/home-device.ts';
import { testLog } from '../../support/test-log.ts';

const EXPIRES = 10_000;

const deviceNumber = (number: number): DeviceId => testLog(number).signer.device;

/** An inviting device with one invite, and a clock that stands still. */
class Desk {
  readonly home: string;
  readonly device: Device;
  readonly clock = { nowMs: 0 };
  book: InviteBook;
  invite: Invite;
  #desk: JoinDesk;

  private constructor(home: string, device: Device, book: InviteBook, invite: Invite) {
    this.home = home;
    this.device = device;
    this.book = book;
    this.invite = invite;
    this.#desk = this.#newDesk();
  }

  static async open(): Promise<Desk> {
    const { home, device } = await homeDevice();
    const book = await InviteBook.open(home);
    return new Desk(home, device, book, await book.create('reader', EXPIRES, 0));
  }

  /** As if the device had been started again. */
  async restart(): Promise<void> {
    this.book = await InviteBook.open(this.home);
    this.#desk = this.#newDesk();
  }

  /** A device that has come to the desk; `number` tells it from others. */
  visitor(number: number): Visitor {
    const { device, invite } = this;
    const ticket = { space: device.space, inviter: device.signer.device, addresses: [], ...invite };
    const joiner = new Joiner(portableCrypto, ticket, {
      joiner: deviceNumber(number),
      name: `device ${number}`,
      nonce: new Uint8Array(16).fill(number),
    });
    const [pipe, far] = framePipes(deviceNumber(number), device.signer.device);
    const served = this.#desk.serve(far);
    return new Visitor(pipe, joiner, served);
  }

  #newDesk(): JoinDesk {
    return new JoinDesk(this.device, this.book, () => this.clock.nowMs);
  }

  role(number: number): string | undefined {
    return this.device.host.engine.membership.get(deviceNumber(number))?.role;
  }
}

class Visitor {
  readonly served: Promise<string | undefined>;
  readonly #pipe: FramePipe;
  readonly #joiner: Joiner;

  constructor(pipe: FramePipe, joiner: Joiner, served: Promise<string | undefined>) {
    this.#pipe = pipe;
    this.#joiner = joiner;
    this.served = served;
  }

  async say(message: JoinMessage): Promise<JoinMessage | undefined> {
    await this.#pipe.send(encodeJoinMessage(message));
    return decodeJoinMessage(await this.#pipe.receive());
  }

  /** Says hello; gives the proof to send after it, or the refusal. */
  async greet(): Promise<JoinMessage> {
    const step = this.#joiner.receive(await this.say(this.#joiner.hello()));
    if (!step.ok) throw new Error(step.fault.code);
    if (step.value.type !== 'send') throw new Error('not challenged');
    return step.value.message;
  }

  /** How it ends once a proof is sent: `welcome`, or the code of the refusal. */
  async prove(message: JoinMessage): Promise<string | undefined> {
    const answer = await this.say(message);
    await this.served;
    return answer?.type === 'refused' ? answer.code : answer?.type;
  }

  async join(): Promise<string | undefined> {
    return this.prove(await this.greet());
  }

  async failToProve(): Promise<string | undefined> {
    await this.greet();
    return this.prove({ type: 'proof', proof: new Uint8Array(32) });
  }
}

describe('the desk', () => {
  test('lets in who holds the ticket, with the role and under the name', async () => {
    const desk = await Desk.open();
    const visitor = desk.visitor(2);
    expect(await visitor.join()).toBe('welcome');
    expect(await visitor.served).toBe('device 2');
    expect(desk.device.host.engine.membership.get(deviceNumber(2))).toMatchObject({
      name: 'device 2',
      role: 'reader',
    });
  });

  test('lets in one device for each ticket, however many come at once, and after a restart', async () => {
    const desk = await Desk.open();
    await desk.restart();
    const ends = await Promise.all([2, 3, 4].map((number) => desk.visitor(number).join()));
    expect(ends.toSorted()).toEqual(['ticket_spent', 'ticket_spent', 'welcome']);
    expect(desk.device.host.engine.membership.size).toBe(2);
    await desk.restart();
    expect(await desk.visitor(5).join()).toBe('ticket_spent');
  });

  test('welcomes a device again whose welcome was lost, also while it is being let in, and adds it once', async () => {
    const desk = await Desk.open();
    const [first, second] = [desk.visitor(2), desk.visitor(2)];
    const [proof, again] = [await first.greet(), await second.greet()];
    expect(await Promise.all([first.prove(proof), second.prove(again)])).toEqual(['welcome', 'welcome']);
    const frontier = [...desk.device.host.engine.frontier()];
    await desk.restart();
    expect(await desk.visitor(2).join()).toBe('welcome');
    expect([...desk.device.host.engine.frontier()]).toEqual(frontier);
    // The space was founded, and one device was added.
    expect(frontier).toMatchObject([{ events: 2 }]);
    expect(await desk.visitor(3).join()).toBe('ticket_spent');
  });

  test('serves others while one says nothing', async () => {
    const desk = await Desk.open();
    const silent = desk.visitor(2);
    const quiet = desk.visitor(3);
    const proof = await quiet.greet();
    expect(await desk.visitor(4).join()).toBe('welcome');
    expect(await quiet.prove(proof)).toBe('ticket_spent');
    await silent.say({ type: 'proof', proof: new Uint8Array(32) });
    expect(await silent.served).toBeUndefined();
  });

  test('looks at its clock when the proof comes', async () => {
    const desk = await Desk.open();
    const [late, last] = [desk.visitor(2), desk.visitor(3)];
    const [proof, lastProof] = [await late.greet(), await last.greet()];
    desk.clock.nowMs = EXPIRES;
    expect(await late.prove(proof)).toBe('ticket_expired');
    desk.clock.nowMs = EXPIRES - 1;
    expect(await last.prove(lastProof)).toBe('welcome');
  });

  test('closes an invite after five wrong proofs, over restarts', async () => {
    const desk = await Desk.open();
    for (let attempt = 1; attempt <= INVITE_ATTEMPTS_MAX; attempt += 1) {
      expect(await desk.visitor(2).failToProve()).toBe('ticket_refused');
      expect(desk.book.list()).toMatchObject([{ attempts: attempt, spent: false }]);
      await desk.restart();
    }
    expect(await desk.visitor(2).join()).toBe('ticket_refused');
    expect(desk.role(2)).toBeUndefined();
  });

  test('counts wrong proofs that come at once one by one', async () => {
    const desk = await Desk.open();
    const wrong = Array.from({ length: INVITE_ATTEMPTS_MAX - 1 }, () => desk.visitor(2).failToProve());
    expect(new Set(await Promise.all(wrong))).toEqual(new Set(['ticket_refused']));
    await desk.restart();
    expect(desk.book.list()).toMatchObject([{ attempts: INVITE_ATTEMPTS_MAX - 1 }]);
    expect(await desk.visitor(3).join()).toBe('welcome');
  });

  test('takes no proof for an invite that was taken back since the hello', async () => {
    const desk = await Desk.open();
    const visitor = desk.visitor(2);
    const proof = await visitor.greet();
    await cancelInvite(desk.book, inviteName(desk.invite));
    expect(await visitor.prove(proof)).toBe('ticket_refused');
    expect(desk.role(2)).toBeUndefined();
    await desk.restart();
    await expect(desk.visitor(2).join()).rejects.toThrow('ticket_refused');
  });

  test('lets nobody in once its device is no admin, before the proof or after it', async () => {
    const desk = await Desk.open();
    const visitor = desk.visitor(2);
    const proof = await visitor.greet();
    const { device: self } = desk.device.signer;
    await appendDrafts(desk.device, [roleChanged({ device: self, role: 'writer' })]);
    expect(await visitor.prove(proof)).toBe('ticket_refused');
    await expect(desk.visitor(3).join()).rejects.toThrow('ticket_refused');
    expect(desk.device.host.engine.membership.size).toBe(1);
    // The invite is not spent on it.
    expect(desk.book.list()).toEqual([desk.invite]);
  });

  test('tells a revoked device that it cannot come back, and keeps the ticket for another', async () => {
    const desk = await Desk.open();
    expect(await desk.visitor(2).join()).toBe('welcome');
    await appendDrafts(desk.device, [deviceRevoked({ device: deviceNumber(2), cut: {} })]);
    desk.invite = await desk.book.create('writer', EXPIRES, 0);
    expect(await desk.visitor(2).join()).toBe('device_revoked');
    expect(await desk.visitor(3).join()).toBe('welcome');
    expect([desk.role(2), desk.role(3)]).toEqual([undefined, 'writer']);
  });
});
