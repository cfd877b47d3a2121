import { deviceOf } from '../../../protocol/event/index.ts';
import { octalMode } from '../../files/index.ts';
import { compareMarker } from '../../home/index.ts';
import { type CheckResult, type Finding, finding, whyNot } from './finding.ts';
import { type FileMode, isExposed, type Patient } from './patient.ts';

/** `home.json`, the key, `invites.json`, and who may use them. */
export const checkHome = ({ dir, home }: Patient): CheckResult => {
  const { file, error, modes, invites, isRecovering } = home;
  const findings: Finding[] = [];
  // Its mode is a finding of its own, with a repair.
  if (error !== undefined && error.code !== 'key_mode') {
    const subject = error.code.startsWith('key') ? 'key' : 'home';
    findings.push(finding(error.code, subject, error.message, 'person', error.hint));
  }
  if (file?.space === null) {
    const message = `the device in ${dir} belongs to no space yet`;
    findings.push(finding('no_space', 'home', message, 'person', 'Run `smo init` or `smo join` again.'));
  }
  findings.push(...modes.flatMap(checkMode));
  if (invites !== undefined) {
    const hint = 'The file is moved to the quarantine; make the invites that are still wanted anew.';
    findings.push(finding(invites.code, 'invites', invites.message, 'invites', hint));
  }
  if (isRecovering) findings.push(finding('recovering', 'home', RECOVERING, 'self', RECOVERED));
  return findings.length > 0 ? findings : `home.json, the key and their permissions in ${dir}`;
};

const RECOVERING = 'a repair has cut logs, and every device that was met before may give them back';
const RECOVERED = 'It ends as soon as one of them is connected and has given all that it holds.';

const checkMode = (file: FileMode): readonly Finding[] => {
  const { path, mode, wanted } = file;
  if (!file.isOwn) {
    const message = `${path} belongs to another user`;
    return [finding('not_owner', 'home', message, 'person', `Make it yours: \`chown $USER '${path}'\`.`)];
  }
  if (!isExposed(file)) return [];
  const message = `other users of this machine have access to ${path}: its mode is ${octalMode(mode)}`;
  const hint = `It gets the mode ${octalMode(wanted)}. If somebody may have read the key, revoke this device and join as a new one.`;
  return [finding('key_mode', 'home', message, 'permissions', hint)];
};

/** Below this much free space, writing may fail soon. */
const FREE_BYTES_MIN = 100 * 1024 * 1024;

/** Free space, and what takes some without need. */
export const checkDisk = ({ dir, live, home: { freeBytes, leftovers, socket } }: Patient): CheckResult => {
  const findings = leftovers.map((path) =>
    finding(
      'leftover',
      'disk',
      `${path} is left from a process that was killed`,
      'leftovers',
      'It is removed.',
    ),
  );
  if (socket !== undefined && live === undefined) {
    const message = `nobody answers at ${socket}: the process that listened there was killed`;
    findings.push(finding('stale_socket', 'socket', message, 'self', 'The next `smo up` replaces it.'));
  }
  if (freeBytes !== undefined && freeBytes < FREE_BYTES_MIN) {
    const message = `the disk of ${dir} has ${mebibytes(freeBytes)} left`;
    findings.push(finding('disk_low', 'disk', message, 'person', 'Free some: a full disk stops the device.'));
  }
  if (findings.length > 0) return findings;
  return freeBytes === undefined
    ? 'nothing is left over'
    : `${mebibytes(freeBytes)} free, nothing is left over`;
};

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MiB`;

/** The note outside of the home of how far this device has written. */
export const checkMarker = (patient: Patient): CheckResult => {
  const {
    home: { file, marker },
    records,
  } = patient;
  if (file === undefined || marker === undefined) return whyNot(patient);
  if (records === undefined || records.error !== undefined) return whyNot(patient);
  const retired = new Set(file.retired?.map(({ origin }) => origin));
  const findings: Finding[] = compareMarker(marker.entries, records.tails).map(({ code, message, origin }) =>
    retired.has(origin)
      ? finding(code, 'marker', message, 'none', HAS_GONE_ON, { origin })
      : finding(code, 'marker', message, 'self', GOES_ON, { origin }),
  );
  if (marker.problem?.kind === 'unreadable') {
    findings.push(finding('marker_unreadable', 'marker', marker.problem.message, 'person', MARKER_ACCESS));
  } else if (marker.problem?.kind === 'damaged') {
    findings.push(finding('marker_damaged', 'marker', marker.problem.message, 'self', NOTED_AGAIN));
  } else {
    const own = records.tails.filter(({ manifest }) => deviceOf(manifest.origin) === file.device);
    const isUnknown = own.some(({ manifest }) => !marker.entries.has(manifest.origin));
    if (isUnknown)
      findings.push(finding('marker_missing', 'marker', `${UNKNOWN} ${marker.path}`, 'self', NOTED_AGAIN));
  }
  return findings.length > 0 ? findings : 'this home is not an older copy of itself';
};

const UNKNOWN = 'how far this device has written is not, or not all, in the marker';
const NOTED_AGAIN =
  'Each log is noted again with the next event that this device writes to it. Until then, a restored older copy of this home would not be noticed.';
const MARKER_ACCESS =
  'Make it a file that you may read and write, or remove it: it is made anew with the next event.';
const GOES_ON =
  'At its next start this device goes on in a new log; the rest of the old one comes back from other devices.';
const HAS_GONE_ON =
  'This device has gone on in a new log. What other devices hold of the old one comes back from them.';
