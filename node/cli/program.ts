import { Command, CommanderError } from 'commander';
import { SmoError } from '../../protocol/fault/index.ts';
import { knownFault } from '../files/index.ts';
import { asUsageError } from './command-line.ts';
import { addConflictCommands } from './commands/conflicts.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDeviceCommands } from './commands/device.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEntityCommands } from './commands/entities.ts';
import { addEvidenceCommands } from './commands/evidence.ts';
import { addExchangeCommands } from './commands/exchange.ts';
import { addHelpCommand } from './commands/help.ts';
import { addLogCommands } from './commands/logs.ts';
import { addMemberCommands } from './commands/members.ts';
import { addPairingCommands } from './commands/pairing.ts';
import { addRelationCommands } from './commands/relations.ts';
import { addSimulationCommands } from './commands/simulation/simulation.ts';
import { addSmoOsCommands } from './commands/smo-os.ts';
import type { CliHost, CliIo } from './context.ts';
import { printable } from './format.ts';
import { OutputClosed, OutputRefused } from './output-errors.ts';
import { EXIT, homeFolder, printResult, type Session, usageError } from './session.ts';

export interface CliRun {
  /** Arguments after the name of the program. */
  readonly argv: readonly string[];
  readonly io: CliIo;
  /** Loads the implementation of the commands, when one needs it. */
  readonly host: () => Promise<CliHost>;
  /** Version of the package. */
  readonly version: string;
}

/**
 * Runs one command line. Never rejects: every failure is printed in the form that was asked for, one line on
 * stderr, or with `--json` one JSON document on stdout.
 *
 * @returns the exit code of the process: 0 done, 1 failed, 2 a command line that cannot be meant, 3 a simulation that
 *   says nothing
 */
export const runCli = async (run: CliRun): Promise<number> => {
  let exitCode: number = EXIT.ok;
  // Known before the arguments are parsed: a mistake in them is told in the form that was asked for.
  const json = asksForJson(run.argv);
  const program = new Command('smo');
  const session: Session = {
    io: run.io,
    json,
    host: run.host,
    home: () => homeFolder(run.io, program.opts<{ readonly home?: string }>().home),
    version: run.version,
    fail: (code = EXIT.failed) => {
      exitCode = code;
    },
  };
  const shown: string[] = [];
  setUp(program, session, run.version, (text) => shown.push(text));
  try {
    await parse(program, session, run, shown);
    return exitCode;
  } catch (error) {
    return reportError(session, error);
  }
};

const asksForJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
};

const setUp = (program: Command, session: Session, version: string, show: (text: string) => void): void => {
  program
    .description('Keeps one state on all your devices, without a server.')
    .configureOutput({
      writeOut: show,
      writeErr: show,
      outputError: () => undefined,
      getOutHelpWidth: () => session.io.columns,
      getErrHelpWidth: () => session.io.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride((error) => {
      throw asUsageError(error, 'See "smo help".');
    })
    .helpCommand(false)
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--home <folder>', "folder of the device's home (default: $SMO_HOME, else ~/.smo)")
    .option('--json', 'print results and errors as JSON');
  addPairingCommands(program, session);
  addDemoCommand(program, session);
  addDeviceCommands(program, session);
  addMemberCommands(program, session);
  addEntityCommands(program, session);
  addRelationCommands(program, session);
  addConflictCommands(program, session);
  addLogCommands(program, session);
  addEvidenceCommands(program, session);
  addDoctorCommand(program, session);
  addExchangeCommands(program, session);
  addSmoOsCommands(program, session);
  addSimulationCommands(program, session);
  addHelpCommand(program);
};

/** Parses and runs. What the parser itself prints, help and version, is a result like any other. */
const parse = async (
  program: Command,
  session: Session,
  run: CliRun,
  shown: readonly string[],
): Promise<void> => {
  try {
    await program.parseAsync([...run.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && session.json) throw usageError('no command is given', 'See "smo help".');
    const text = shown.join('');
    const result = error.code === 'commander.version' ? { version: run.version } : { help: text };
    await printResult(session, result, () => text);
  }
};

const reportError = async (session: Session, error: unknown): Promise<number> => {
  if (error instanceof OutputClosed) return EXIT.ok;
  const { stdout, stderr } = session.io;
  const { code, message, hint } = asSmoError(error);
  const line = `smo: ${printable([sentence(message), hint].filter(Boolean).join(' '))}\n`;
  try {
    if (session.json) {
      const json = JSON.stringify({ error: { code, message, hint } });
      // A standard output that takes nothing cannot say so.
      await stdout.write(`${json}\n`).catch((failure: unknown) => {
        if (failure instanceof OutputClosed) throw failure;
        return stderr.write(line);
      });
    } else await stderr.write(line);
    if (session.io.env.SMO_DEBUG && error instanceof Error) await stderr.write(`${error.stack}\n`);
  } catch (failure) {
    // Nobody reads the error; the exit code still tells it.
    if (!(failure instanceof OutputClosed || failure instanceof OutputRefused)) throw failure;
  }
  return code === 'usage' ? EXIT.usage : EXIT.failed;
};

const asSmoError = (error: unknown): SmoError => {
  const fault = knownFault(error);
  if (fault !== undefined) return fault;
  const message = error instanceof Error ? error.message : String(error);
  return new SmoError('internal', `internal error: ${message}`, 'Set SMO_DEBUG=1 to see where it happened.');
};

/** A message with a full stop, so that a hint can follow it. */
const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);
