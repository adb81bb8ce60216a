import net from 'node:net';
import { onTestFinished } from 'vitest';
import type { EventLoop, InternetAddress, Listener, ListenOptions, Socket, SocketOptions } from 'wakeline';

/** Both ends of a connection, on one loop. */
export interface SocketPair {
  readonly listener: Listener;
  readonly client: Socket;
  readonly server: Socket;
}

/** Connects a loop to itself over TCP. */
export async function connectPair(
  loop: EventLoop,
  options: SocketOptions = {},
  clientOptions: SocketOptions = options,
): Promise<SocketPair> {
  const listener = await loop.listen({ port: 0, host: '127.0.0.1', ...options });
  const [server, client] = await Promise.all([
    listener.accept(),
    loop.connect({ port: portOf(listener), host: '127.0.0.1', ...clientOptions }),
  ]);
  return { listener, client, server: server! };
}

/** The port of a TCP listener. */
export function portOf(listener: Listener): number {
  return (listener.address as InternetAddress).port;
}

/** A listener, and Node's own socket connected to it. */
export async function connectFromNode(
  loop: EventLoop,
  options: Partial<ListenOptions> = {},
): Promise<{ listener: Listener; server: Socket; peer: net.Socket }> {
  const listener = await loop.listen({ port: 0, host: '127.0.0.1', ...options });
  const peer = net.connect({ port: portOf(listener), host: '127.0.0.1', allowHalfOpen: true });
  peer.on('error', () => {});
  onTestFinished(() => void peer.destroy());
  const server = await listener.accept();
  return { listener, server: server!, peer };
}

/** Reads to the end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of socket) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** Bytes of which each place shows where it is. */
export function pattern(lengthBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) bytes[i] = (i * 31 + (i >> 8) * 7) & 0xff;
  return bytes;
}
