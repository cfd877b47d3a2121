import { deviceOf } from '../../../protocol/event/index.ts';
import { compareMarker } from '../../home/index.ts';
import { type Finding, finding } from './finding.ts';
import type { FileMode, Patient } from './patient.ts';

/** `home.json`, the key, `invites.json`, and who may use them. */
export const checkHome = ({
  dir,
  home: { home, error, modes, invites },
}: Patient): readonly Finding[] | string => {
  const findings: Finding[] = [];
  // Its mode is a finding of its own, with a repair.
  if (error !== undefined && error.code !== 'key_mode') {
    const subject = error.code.startsWith('key') ? 'key' : 'home';
    findings.push(finding(error.code, subject, error.message, 'person', error.hint));
  }
  if (home !== undefined && home.file.space === null) {
    const message = `the device in ${dir} belongs to no space yet`;
    findings.push(finding('no_space', 'home', message, 'person', 'Run `smo init` or `smo join` again.'));
  }
  findings.push(...modes.flatMap(checkMode));
  if (invites !== undefined) {
    const hint = 'The file is moved to the quarantine; make the invites that are still wanted anew.';
    findings.push(finding(invites.code, 'invites', invites.message, 'invites', hint));
  }
  return findings.length > 0 ? findings : `home.json, the key and their permissions in ${dir}`;
};

const checkMode = ({ path, mode, wanted, isOwn }: FileMode): readonly Finding[] => {
  if (!isOwn) {
    const message = `${path} belongs to another user`;
    return [finding('not_owner', 'home', message, 'person', `Make it yours: \`chown $USER '${path}'\`.`)];
  }
  if ((mode & 0o077) === 0) return [];
  const message = `other users of this machine have access to ${path}: its mode is ${octal(mode)}`;
  const hint = `It gets the mode ${octal(wanted)}. If somebody may have read the key, revoke this device and join as a new one.`;
  return [finding('key_mode', 'home', message, 'permissions', hint)];
};

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/** Below this much free space, writing may fail soon. */
const FREE_BYTES_MIN = 100 * 1024 * 1024;

/** Free space. */
export const checkDisk = ({ dir, home: { freeBytes } }: Patient): readonly Finding[] | string | undefined => {
  if (freeBytes === undefined) return undefined;
  const free = `${Math.floor(freeBytes / 1024 / 1024).toLocaleString('en')} MiB`;
  if (freeBytes >= FREE_BYTES_MIN) return `${free} free`;
  const message = `the disk of ${dir} has ${free} left`;
  return [finding('disk_low', 'disk', message, 'person', 'Free some space: a full disk stops the device.')];
};

/** The note outside of the home of how far this device has written. */
export const checkMarker = ({
  home: { home, marker },
  records,
}: Patient): readonly Finding[] | string | undefined => {
  if (home === undefined || records === undefined || records.error !== undefined) return undefined;
  const findings = compareMarker(marker, records.tails).map(({ code, message, origin }) =>
    finding(code, 'marker', message, 'self', GOES_ON, { origin }),
  );
  const own = records.tails.filter(({ manifest }) => manifest.keyId === home.file.device);
  const unknown = own.filter(({ manifest }) => !marker.has(manifest.origin));
  if (unknown.length > 0) {
    const message = 'the marker, which shows when this home is an older copy, is missing';
    findings.push(finding('marker_missing', 'marker', message, 'self', 'It is made with the next event.'));
  }
  return findings.length > 0 ? findings : 'this home is not an older copy of itself';
};

const GOES_ON =
  'This device goes on in a new log, and the rest of the old one comes back from the other devices.';

/** Whether a log belongs to the device of the home. */
export const isOwnLog = ({ home: { home } }: Patient, origin: string): boolean =>
  home !== undefined && deviceOf(origin as Parameters<typeof deviceOf>[0]) === home.file.device;
