import process from 'node:process';

/** What the arguments of this script say; undefined where they say nothing sensible, which people are told. */
export const readArgs = <Options>(
  read: (args: readonly string[]) => Options,
  usage: string,
): Options | undefined => {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return undefined;
  }
};
