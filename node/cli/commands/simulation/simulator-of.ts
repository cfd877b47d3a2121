import type { Simulator } from '../../context.ts';
import type { Session } from '../../session.ts';

/** The simulator, loaded when a command needs it. */
export const simulatorOf = async (session: Session): Promise<Simulator> => (await session.host()).simulator();
