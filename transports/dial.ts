import type { Connection, Libp2p } from '@libp2p/interface';
import { parseAddress } from './addresses.ts';

/** How long one address may take to answer, in ms, before the next one of the same device is tried. */
export const ADDRESS_DIAL_TIMEOUT_MS = 4_000;

/** How long all addresses of one device together may take to answer, in ms. */
export const DIAL_TIMEOUT_MS = 15_000;

/**
 * Dials addresses one after the other until one answers, or gives the connection that is there already. All
 * must name the same device, or there must be just one, without a device.
 */
export const dialAddresses = async (
  node: Pick<Libp2p, 'dial'>,
  addresses: readonly string[],
  signal: AbortSignal,
  timeoutMs = DIAL_TIMEOUT_MS,
): Promise<Connection> => {
  const multiaddrs = addresses.flatMap((text) => parseAddress(text) ?? []);
  return node.dial(multiaddrs, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
};

/** Why a dial failed, in one line. */
export const dialFailure = (error: unknown): string => {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(dialFailure))].join('; ');
  if (error instanceof Error) return error.message;
  // libp2p hands on the event with which a stream or socket closed.
  return error instanceof Event ? `the connection ended (${error.type})` : String(error);
};

/** True when the dial reached this device itself. */
export const isSelfDial = (error: unknown): boolean =>
  error instanceof Error && error.name === 'InvalidPeerIdError';
