import type { LogTail, LogWrite } from '../../protocol/engine/index.ts';

/**
 * The port's rule for what a log may gain.
 * @param arrivals the store's count of frontier changes before
 * @throws RangeError
 */
export const assertContinues = (before: LogTail | undefined, arrivals: number, write: LogWrite): void => {
  const { manifest } = write.tail;
  const newest = before?.manifest;
  const head = newest?.sealed === false ? newest : undefined;
  const length = newest === undefined ? 0 : newest.firstSeq + newest.events - 1;
  const fits =
    manifest.origin === write.origin &&
    write.arrival === arrivals + 1 &&
    write.firstSeq === length + 1 &&
    manifest.segment === (head?.segment ?? (newest === undefined ? 0 : newest.segment + 1)) &&
    manifest.firstSeq === (head?.firstSeq ?? length + 1) &&
    manifest.firstSeq + manifest.events === write.firstSeq + write.records.length &&
    (write.records.length > 0 || (head !== undefined && manifest.sealed));
  if (!fits) throw new RangeError(`a write to log ${write.origin} does not continue it`);
};
