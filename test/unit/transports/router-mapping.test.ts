import type { UPnPNATComponents } from '@libp2p/upnp-nat';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_ROUTER_MS, routerMapping } from '../../../transports/router-mapping.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A mapping in a network without a router, and what it tells. */
const withoutRouter = () => {
  const lines: string[] = [];
  const log = Object.assign(() => {}, { trace() {}, error() {}, newScope: () => log, enabled: false });
  const components = {
    logger: { forComponent: () => log },
    events: new EventTarget(),
    addressManager: { getAddressesWithMetadata: () => [] },
  } as unknown as UPnPNATComponents;
  const service = routerMapping({ gateways: [] }, (level, message) => lines.push(`${level} ${message}`))(
    components,
  );
  return { service, lines };
};

test('that no router has answered is told after a while, once', async () => {
  const { service, lines } = withoutRouter();
  await service.start();
  await vi.advanceTimersByTimeAsync(NO_ROUTER_MS - 1);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * NO_ROUTER_MS);
  expect(lines).toEqual(['warn UPnP: no router has answered']);
  await service.stop();
});

test('a device that stops before tells nothing', async () => {
  const { service, lines } = withoutRouter();
  await service.start();
  await service.stop();
  await vi.advanceTimersByTimeAsync(NO_ROUTER_MS);
  expect(lines).toEqual([]);
});
