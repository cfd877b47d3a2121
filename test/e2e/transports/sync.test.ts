import { describe, expect, test } from 'vitest';
import { FRAME_BYTES_MAX } from '../../../transports/index.ts';
import { bothUp, ordered, type Rig, WIRES } from './rig.ts';

const text = (frame: Uint8Array): string => Buffer.from(frame).toString();
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

describe.each(WIRES)('sync streams over $name', ({ createRig, startRig }) => {
  const pair = async (): Promise<readonly [Rig, Rig]> => {
    const a = await startRig(1, [2]);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await bothUp(a, b);
    return [a, b];
  };

  test('connect by address and carry frames both ways, in order', async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 100; i += 1) {
      a.mesh.send(b.device, bytes(`a${i}`));
      b.mesh.send(a.device, bytes(`b${i}`));
    }
    await Promise.all([a.until(() => a.frames.length === 100), b.until(() => b.frames.length === 100)]);
    expect(a.frames.map(({ frame }) => text(frame))).toEqual(Array.from({ length: 100 }, (_, i) => `b${i}`));
    expect(b.frames.map(({ frame }) => text(frame))).toEqual(Array.from({ length: 100 }, (_, i) => `a${i}`));
    expect(a.mesh.traffic()).toEqual({ framesIn: 100, framesOut: 100, bytesIn: 290, bytesOut: 290 });
  });

  test('connect by an address that does not name the device', async () => {
    const a = await startRig(1, [2]);
    const anonymous = a.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    const b = await startRig(2, [1], { dial: anonymous });
    await bothUp(a, b);
    expect(b.book.get(a.device)).toEqual(a.mesh.addresses());
  });

  test('a frame of the largest size arrives whole; one byte more is refused at once', async () => {
    const [a, b] = await pair();
    const largest = new Uint8Array(FRAME_BYTES_MAX).map((_, i) => i * 7);
    for (let i = 0; i < 6; i += 1) a.mesh.send(b.device, largest);
    await b.until(() => b.frames.length === 6);
    for (const { frame } of b.frames) expect(Buffer.compare(frame, largest)).toBe(0);
    expect(() => a.mesh.send(b.device, new Uint8Array(FRAME_BYTES_MAX + 1))).toThrow(RangeError);
    expect(a.up.has(b.device)).toBe(true);
  });

  test('three devices each have one stream with every other', async () => {
    const a = await startRig(1, [2, 3]);
    const b = await startRig(2, [1, 3], { dial: a.mesh.addresses() });
    const c = await startRig(3, [1, 2], { dial: [...a.mesh.addresses(), ...b.mesh.addresses()] });
    await Promise.all([bothUp(a, b), bothUp(a, c), bothUp(b, c)]);
    a.mesh.send(c.device, bytes('for c'));
    await c.until(() => c.frames.length === 1);
    expect(c.frames.map(({ peer, frame }) => [peer, text(frame)])).toEqual([[a.device, 'for c']]);
    expect(b.frames).toEqual([]);
  });

  test('two devices that dial each other at the same time end with exactly one stream', async () => {
    const a = await createRig(1, [2]);
    const b = await createRig(2, [1]);
    // Both listen and know each other's address before either dials.
    await a.mesh.pause();
    await b.mesh.pause();
    await Promise.all([a.mesh.start(), b.mesh.start()]);
    a.book.set(b.device, b.mesh.addresses());
    b.book.set(a.device, a.mesh.addresses());
    await Promise.all([a.mesh.resume(), b.mesh.resume()]);
    await bothUp(a, b);
    a.mesh.send(b.device, bytes('once'));
    b.mesh.send(a.device, bytes('once'));
    await Promise.all([a.until(() => a.frames.length === 1), b.until(() => b.frames.length === 1)]);
    expect(a.history).toEqual([`+${b.device}`]);
    expect(b.history).toEqual([`+${a.device}`]);
  });

  test('a device that is no member is refused', async () => {
    const a = await startRig(1, [3]);
    const b = await startRig(2, [1], { dial: a.mesh.addresses() });
    await Promise.all([
      a.until(() => a.lines.some((line) => line.includes(`refused an inbound connection: ${b.device}`))),
      b.until(() => b.lines.some((line) => line.includes(`${a.device} hung up at once`))),
    ]);
    expect(a.history).toEqual([]);
    expect(b.history).toEqual([]);
  });

  test('a device does not dial one that is no member, however its address came to it', async () => {
    const a = await startRig(1, [2]);
    const stranger = await startRig(3, [2]);
    const [withId = ''] = stranger.mesh.addresses();
    const anonymous = stranger.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    const b = await startRig(2, [1], { dial: [withId, ...anonymous, ...a.mesh.addresses()] });
    await bothUp(a, b);
    await b.until(() =>
      b.lines.some((line) => line.includes(`refused an outbound connection: ${stranger.device}`)),
    );
    expect(stranger.history).toEqual([]);
    expect(b.history).toEqual([`+${a.device}`]);
  });

  test('an own address among those to dial is noticed and left alone', async () => {
    const before = await startRig(1, []);
    const own = before.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
    await before.mesh.stop();
    const a = await startRig(1, [2], { listen: own, dial: own });
    await a.until(() => a.lines.length > 0);
    expect(a.lines).toEqual([`debug the address ${own[0]} is this device's own, and is not dialled again`]);
    expect(a.mesh.addresses()).toEqual([`${own[0]}/p2p/${a.device}`]);
  });

  test('disconnect tells both sides, each once, and the member comes back', async () => {
    const [a, b] = await pair();
    a.mesh.disconnect(b.device, 'a strike');
    await Promise.all([a.until(() => a.history.length === 3), b.until(() => b.history.length === 3)]);
    expect(a.history).toEqual([`+${b.device}`, `-${b.device}: a strike`, `+${b.device}`]);
    expect(b.history[1]).toMatch(/^-/);
  });

  test('a stream that breaks while the connection lives is opened again, by the opener', async () => {
    const [small, large] = ordered(1, 2);
    const opener = await startRig(small, [large]);
    const other = await startRig(large, [small], { dial: opener.mesh.addresses() });
    await bothUp(opener, other);
    // Removed and admitted again while an invite keeps the connection alive.
    other.inviteOpen = true;
    other.members.delete(opener.device);
    other.mesh.admissionChanged();
    await other.until(() => !other.up.has(opener.device));
    other.members.add(opener.device);
    await bothUp(opener, other);
    expect(other.history[1]).toBe(`-${opener.device}: it is not a member of the space`);
  });

  test('a member that is removed loses its connection', async () => {
    const [a, b] = await pair();
    a.members.delete(b.device);
    a.mesh.admissionChanged();
    await Promise.all([a.until(() => a.up.size === 0), b.until(() => b.up.size === 0)]);
    // It tries again, in vain.
    await a.until(() => a.lines.some((line) => line.includes(`refused an inbound connection: ${b.device}`)));
    expect(a.history.length).toBe(2);
    expect(b.history.length).toBe(2);
  });

  test('a peer that does not read loses its stream instead of filling the memory', async () => {
    const [a, b] = await pair();
    const chunk = new Uint8Array(FRAME_BYTES_MAX);
    // Nothing can leave within one turn of the event loop but what fits in the window and the socket.
    for (let i = 0; i < 40; i += 1) a.mesh.send(b.device, chunk);
    await a.until(() => a.history.length >= 2);
    expect(a.history[1]).toMatch(/bytes wait for a peer that does not read/);
    await a.until(() => a.up.has(b.device));
  });
});
