import type { HostileCase } from '../byzantine.ts';
import { EVIDENCE_CASES } from './evidence.ts';
import { FRAME_CASES } from './frames.ts';
import { FRONTIER_CASES } from './frontiers.ts';
import { GOSSIP_CASES } from './gossip.ts';
import { INQUIRY_CASES } from './inquiries.ts';
import { JOIN_CASES } from './join.ts';
import { MEMBERSHIP_CASES } from './membership.ts';
import { NEWS_CASES } from './news.ts';
import { RANGE_CASES } from './ranges.ts';

/** The whole hostile kit. */
export const HOSTILE_CASES: readonly HostileCase[] = [
  ...FRAME_CASES,
  ...FRONTIER_CASES,
  ...RANGE_CASES,
  ...NEWS_CASES,
  ...EVIDENCE_CASES,
  ...MEMBERSHIP_CASES,
  ...JOIN_CASES,
  ...GOSSIP_CASES,
  ...INQUIRY_CASES,
];
