import type { Session } from '../../session.ts';
import type { Simulator } from '../../simulator.ts';

/** The simulator, loaded when a command needs it. */
export const simulatorOf = async (session: Session): Promise<Simulator> => (await session.host()).simulator();
