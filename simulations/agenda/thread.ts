/**
 * What lets things happen one after the other: the inside of a device, or one direction of a link. What has no thread
 * belongs to the world: faults, what people do, the ends of phases.
 */
export type Thread = number;

/** Its disk and its timers. */
export const deviceThread = (device: number): Thread => 2 * device;

/** @param channel number of a direction of a link, among those of all links */
export const channelThread = (channel: number): Thread => 2 * channel + 1;
