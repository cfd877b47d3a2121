import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { base64, equalSecrets } from '../../protocol/bytes/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  type Invite,
  isOpen,
  isRole,
  type Role,
  TICKET_SECRET_BYTES,
} from '../../protocol/membership/index.ts';
import { isMissing, writeFileAtomic } from '../files/index.ts';
import { HOME_LAYOUT } from '../home/index.ts';

const SCHEMA = v.strictObject({
  invites: v.array(
    v.strictObject({
      secret: v.pipe(
        v.string(),
        v.check((text) => base64.decode(text)?.length === TICKET_SECRET_BYTES),
      ),
      role: v.custom<Role>((role) => typeof role === 'string' && isRole(role)),
      expiresAt: v.number(),
      attempts: v.number(),
      spent: v.boolean(),
    }),
  ),
});

/** The invites of a device, in a file of its home. A spent one is kept until it expires, to say so to who has it. */
export class InviteBook {
  readonly #path: string;
  #invites: readonly Invite[];
  #saved: Promise<void> = Promise.resolve();

  private constructor(path: string, invites: readonly Invite[]) {
    this.#path = path;
    this.#invites = invites;
  }

  /** @throws SmoError `home_damaged` when the file cannot be read */
  static async open(home: string): Promise<InviteBook> {
    const path = join(home, HOME_LAYOUT.invites);
    return new InviteBook(path, await readInvites(path));
  }

  list(): readonly Invite[] {
    return this.#invites;
  }

  /** An invite as it is by now; undefined if it has been taken back. */
  current({ secret }: Pick<Invite, 'secret'>): Invite | undefined {
    return this.#invites.find((invite) => equalSecrets(invite.secret, secret));
  }

  /**
   * Whether a device that is not known may come and ask. Also while an invite is spent and has not expired: who
   * holds its ticket is told so, instead of being hung up on.
   */
  anyAnswered(nowMs: number): boolean {
    return this.#invites.some((invite) => isOpen({ ...invite, spent: false }, nowMs));
  }

  /** Makes an invite. On the disk when the promise resolves. */
  async create(role: Role, expiresAt: number, nowMs: number): Promise<Invite> {
    const secret = new Uint8Array(randomBytes(TICKET_SECRET_BYTES));
    const invite: Invite = { secret, role, expiresAt, attempts: 0, spent: false };
    await this.#save([...this.#invites.filter((other) => other.expiresAt > nowMs), invite]);
    return invite;
  }

  /** Replaces an invite by what it is from now on. On the disk when the promise resolves. */
  update(invite: Invite): Promise<void> {
    return this.#save(
      this.#invites.map((other) => (equalSecrets(other.secret, invite.secret) ? invite : other)),
    );
  }

  /** Forgets an invite: its ticket is refused like any unknown one. On the disk when the promise resolves. */
  remove(invite: Invite): Promise<void> {
    return this.#save(this.#invites.filter((other) => !equalSecrets(other.secret, invite.secret)));
  }

  #save(invites: readonly Invite[]): Promise<void> {
    // In memory first: a spent invite is spent even while the disk is slow.
    this.#invites = invites;
    // One after the other: what is on the disk last is what was meant last. One that fails does not stop the next.
    const saved = this.#saved.then(() => this.#write());
    this.#saved = saved.catch(() => undefined);
    return saved;
  }

  async #write(): Promise<void> {
    const rows = this.#invites.map((invite) => ({ ...invite, secret: base64.encode(invite.secret) }));
    await writeFileAtomic(this.#path, `${JSON.stringify({ invites: rows }, null, 2)}\n`, {
      mode: 0o600,
      durable: true,
    });
  }
}

const readInvites = async (path: string): Promise<readonly Invite[]> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
  if (!parsed.success) {
    throw new SmoError(
      'home_damaged',
      `${path} cannot be read`,
      'Remove it; open invites have to be made again.',
    );
  }
  return parsed.output.invites.map((invite) => ({
    ...invite,
    secret: base64.decode(invite.secret) ?? new Uint8Array(),
  }));
};
