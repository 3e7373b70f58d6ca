import dgram from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { UdpPorts } from './udp-ports.ts';

const closing: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of closing.splice(0)) one.close();
});

async function sender(): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  closing.push(socket);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const packet = (ssrc: number, mark: number) => Uint8Array.of(0x80, 96, 0, mark, 0, 0, 0, 0, 0, 0, 0, ssrc, mark);

/** A pair of ports, and the marks of the packets that it hears, those of RTCP negative. */
async function openPorts() {
  const heard: number[] = [];
  const ports = await UdpPorts.open('127.0.0.1', {
    rtp: (bytes) => heard.push(bytes.at(-1)!),
    rtcp: (bytes) => heard.push(-bytes.at(-1)!),
  });
  closing.push(ports);
  return { ports, heard };
}

it('has an even port and the next', async () => {
  const { ports } = await openPorts();
  expect(ports.ports[0] % 2).toBe(0);
  expect(ports.ports[1]).toBe(ports.ports[0] + 1);
});

it('hears the one it was told to, and counts the others', async () => {
  const { ports, heard } = await openPorts();
  const [rtp, rtcp, stranger] = [await sender(), await sender(), await sender()];
  const punched = [once(rtp, 'message'), once(rtcp, 'message')];
  const send = (from: dgram.Socket, bytes: Uint8Array, which = 0) =>
    new Promise<void>((resolve) => {
      from.send(bytes, ports.ports[which]!, '127.0.0.1', () => resolve());
    });
  await send(rtp, packet(7, 1));
  await vi.waitFor(() => expect(ports.strangers).toBe(1));
  ports.hear({ address: '127.0.0.1', ports: [rtp.address().port, rtcp.address().port], ssrc: 7 });
  await Promise.all(punched);
  await send(stranger, packet(7, 2));
  await send(stranger, packet(7, 5), 1);
  await send(rtcp, packet(7, 6), 1);
  // It may have told another SSRC than it sends.
  await send(rtp, packet(8, 7));
  await vi.waitFor(() => expect([...heard.toSorted((a, b) => a - b), ports.strangers]).toEqual([-6, 7, 3]));
});

it('knows the SSRC of a server that told nothing else', async () => {
  const { ports, heard } = await openPorts();
  ports.hear({ address: '127.0.0.1', ports: null, ssrc: 7 });
  const from = await sender();
  for (const bytes of [packet(8, 1), Uint8Array.of(2), packet(7, 3)]) from.send(bytes, ports.ports[0], '127.0.0.1');
  await vi.waitFor(() => expect([heard, ports.strangers]).toEqual([[3], 2]));
});

it('gives back the first port when there is no way to get the second', async () => {
  const sockets: dgram.Socket[] = [];
  const create = dgram.createSocket;
  vi.spyOn(dgram, 'createSocket').mockImplementation(((options: dgram.SocketOptions) => {
    const socket = create(options);
    sockets.push(socket);
    if (sockets.length === 2)
      socket.bind = () => {
        socket.emit('error', Object.assign(new Error('no more'), { code: 'EMFILE' }));
        return socket;
      };
    return socket;
  }) as typeof dgram.createSocket);
  await expect(UdpPorts.open('127.0.0.1', { rtp() {}, rtcp() {} })).rejects.toMatchObject({ problem: { params: { reason: 'EMFILE' } } });
  vi.restoreAllMocks();
  // An open socket would have its address.
  await vi.waitFor(() => expect(() => sockets[0]!.address()).toThrow());
});

it('takes any port of a server that did not tell its own', async () => {
  const { ports, heard } = await openPorts();
  ports.hear({ address: '127.0.0.1', ports: null, ssrc: null });
  (await sender()).send(packet(9, 1), ports.ports[0], '127.0.0.1');
  await vi.waitFor(() => expect(heard).toEqual([1]));
});

it('may be closed twice, and sends nothing then', async () => {
  const { ports } = await openPorts();
  ports.hear({ address: '127.0.0.1', ports: [9, 9], ssrc: null });
  ports.close();
  ports.close();
  ports.sendRtcp(packet(1, 1));
  ports.hear({ address: '127.0.0.1', ports: [9, 9], ssrc: null });
});
