import { describe, expect, test } from 'vitest';
import {
  GOSSIP_BURST_BYTES,
  GOSSIP_BYTES_PER_SECOND,
  GOSSIP_PACKET_BYTES,
  GossipBudget,
} from '../../../transports/gossip-budget.ts';

const NOW = 5_000;
const WHOLE = GOSSIP_BURST_BYTES - GOSSIP_PACKET_BYTES;

describe('the gossip of one peer', () => {
  test('may come at once as far as the bound, and not one byte further', () => {
    expect(new GossipBudget(NOW).take(WHOLE, NOW)).toBe(true);
    expect(new GossipBudget(NOW).take(WHOLE + 1, NOW)).toBe(false);
  });

  test('costs something for each packet, however small', () => {
    const budget = new GossipBudget(NOW);
    let taken = 0;
    while (budget.take(0, NOW)) taken += 1;
    expect(taken).toBe(GOSSIP_BURST_BYTES / GOSSIP_PACKET_BYTES);
  });

  test('that was too much costs nothing: a smaller packet is still heard', () => {
    const budget = new GossipBudget(NOW);
    expect(budget.take(WHOLE - 1_000, NOW)).toBe(true);
    expect(budget.take(1_000, NOW)).toBe(false);
    expect(budget.take(1_000 - GOSSIP_PACKET_BYTES, NOW)).toBe(true);
    expect(budget.take(0, NOW)).toBe(false);
  });

  test('may come again as time passes, at the bound for a second and not faster', () => {
    const budget = new GossipBudget(NOW);
    budget.take(WHOLE, NOW);
    const perSecond = GOSSIP_BYTES_PER_SECOND - GOSSIP_PACKET_BYTES;
    expect(budget.take(perSecond, NOW + 999)).toBe(false);
    expect(budget.take(perSecond, NOW + 1_000)).toBe(true);
    expect(budget.take(0, NOW + 1_000)).toBe(false);
  });

  test('does not gather beyond the bound in a long silence, nor is lost when a clock goes back', () => {
    const budget = new GossipBudget(NOW);
    expect(budget.take(WHOLE + 1, NOW + 3_600_000)).toBe(false);
    expect(budget.take(WHOLE, NOW)).toBe(true);
    expect(budget.take(0, NOW - 1_000)).toBe(false);
  });
});
