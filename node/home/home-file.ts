import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { base64, isJsonObject, type JsonObject, type JsonValue } from '../../protocol/bytes/index.ts';
import { type DeviceId, parseDeviceId } from '../../protocol/crypto/index.ts';
import { RETIREMENT_REASONS, type RetirementReason } from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { parseSpaceId, type SpaceId } from '../../protocol/manifest/index.ts';
import { isMissing, writeFileAtomic } from '../files/index.ts';

/** Version of the layout of a home that this software writes. */
export const HOME_FORMAT = 1;

/** Name of the file that makes a folder a home. */
export const HOME_FILE = 'home.json';

/** The space that a device belongs to. */
export interface HomeSpace {
  readonly id: SpaceId;
  /** The record that founded it, and whose log it begins. */
  readonly genesis: { readonly origin: Origin; readonly record: string };
}

/** What `home.json` holds: what a device must know before it can read its records. */
export interface HomeFile {
  readonly format: typeof HOME_FORMAT;
  readonly device: DeviceId;
  /** What people call this device. */
  readonly name: string;
  /** Incarnation of the log that this device appends to: 8 base32 characters. */
  readonly incarnation: string;
  /** Null until the device has founded or joined one. */
  readonly space: HomeSpace | null;
  /** The device that let this one in, which it asks first. */
  readonly inviter?: DeviceId;
  /** Logs of this device that it never writes to again. */
  readonly retired?: readonly RetiredLog[];
}

/** A log of this device that is written to no more. */
export interface RetiredLog {
  readonly origin: Origin;
  readonly reason: RetirementReason;
}

/** A step from one format to the next. */
type Migration = (file: JsonObject) => JsonObject;

/** Steps to newer formats, by the format that they start from. */
export interface MigrationTable {
  /** Format that they lead to. */
  readonly target: number;
  readonly steps: Readonly<Record<number, Migration>>;
}

/** All formats that there have been; format 1 is the first. */
const MIGRATIONS: MigrationTable = { target: HOME_FORMAT, steps: {} };

/**
 * Reads `home.json` of a home, brought to the present format.
 * @throws SmoError `home_missing`, `home_newer`, `home_damaged`
 */
export const readHomeFile = async (dir: string): Promise<HomeFile> => {
  const parsed = v.safeParse(HOME_SCHEMA, await readMigrated(dir, MIGRATIONS));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw damaged(join(dir, HOME_FILE), `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
};

/** Replaces `home.json`. */
export const writeHomeFile = (dir: string, file: HomeFile): Promise<void> => writeJson(dir, { ...file });

/**
 * Reads `home.json` and takes it to the target format step by step. Before each step the file as it was is kept
 * as `home.json.format-N.bak`.
 * @throws SmoError `home_missing`, `home_newer` (nothing has been touched), `home_damaged`
 */
export const readMigrated = async (dir: string, { target, steps }: MigrationTable): Promise<JsonObject> => {
  const path = join(dir, HOME_FILE);
  let json = await readJson(dir, path);
  let format = formatOf(path, json);
  if (format > target) {
    throw new SmoError(
      'home_newer',
      `${dir} has format ${format}, this software knows formats up to ${target}`,
      'Install the newer version of smo that wrote it; nothing has been changed.',
    );
  }
  while (format < target) {
    const step = steps[format];
    if (step === undefined) throw damaged(path, `there has never been a format ${format}`);
    json = step(json);
    if (json.format !== format + 1) throw new TypeError(`a migration of format ${format} gave another`);
    await copyFile(path, `${path}.format-${format}.bak`);
    await writeJson(dir, json);
    format += 1;
  }
  return json;
};

/** Longest name of a device or person, in characters. */
const NAME_CHARS_MAX = 100;

const id = <T extends string>(what: string, parse: (text: string) => { readonly ok: boolean }) =>
  v.custom<T>((value) => typeof value === 'string' && parse(value).ok, `it is not ${what}`);

const HOME_SCHEMA = v.strictObject({
  format: v.literal(HOME_FORMAT),
  device: id<DeviceId>('a device id', parseDeviceId),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_CHARS_MAX)),
  incarnation: v.pipe(v.string(), v.regex(/^[a-z2-7]{8}$/, 'it is not 8 base32 characters')),
  space: v.nullable(
    v.strictObject({
      id: id<SpaceId>('the id of a space', parseSpaceId),
      genesis: v.strictObject({
        origin: id<Origin>('the id of a log', parseOrigin),
        record: v.pipe(
          v.string(),
          v.check((text) => base64.decode(text) !== undefined, 'it is not base64'),
        ),
      }),
    }),
  ),
  inviter: v.exactOptional(id<DeviceId>('a device id', parseDeviceId)),
  retired: v.exactOptional(
    v.array(
      v.strictObject({
        origin: id<Origin>('the id of a log', parseOrigin),
        reason: v.picklist(RETIREMENT_REASONS),
      }),
    ),
  ),
});

const readJson = async (dir: string, path: string): Promise<JsonObject> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new SmoError(
      'home_missing',
      `there is no home in ${dir}`,
      'Make one with `smo init`, or with `smo join` and a ticket from another device.',
    );
  }
  let json: JsonValue;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(path, 'it is not JSON');
  }
  if (!isJsonObject(json)) throw damaged(path, 'it is not a JSON object');
  return json;
};

const formatOf = (path: string, { format }: JsonObject): number => {
  if (typeof format === 'number' && Number.isSafeInteger(format) && format > 0) return format;
  throw damaged(path, 'its format is not a number from 1 on');
};

const writeJson = (dir: string, json: JsonObject | HomeFile): Promise<void> =>
  writeFileAtomic(join(dir, HOME_FILE), `${JSON.stringify(json, null, 2)}\n`, { mode: 0o600, durable: true });

const damaged = (path: string, what: string): SmoError =>
  new SmoError(
    'home_damaged',
    `${path} cannot be read: ${what}`,
    'Put the file back from a backup; the records and the key beside it are as they were.',
  );
