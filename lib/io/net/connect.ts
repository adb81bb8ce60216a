import { AbortError } from '../abort.js';
import type { NewTransport } from './acceptor.js';
import { type ConnectOptions, resolveConnectOptions } from './connect-options.js';
import type { NetAddress } from './net-address.js';
import type { NetContext } from './net-context.js';
import { netError } from './net-error.js';
import { connectByNode } from './node-connect.js';
import { resolveHost } from './resolve-host.js';
import { connectOnRing } from './ring-connect.js';
import { RingTransport } from './ring-transport.js';
import type { Socket } from './socket.js';
import type { ResolvedSocketOptions } from './socket-options.js';
import { zeroCopyThreshold } from './zero-copy.js';

const ETIMEDOUT = -110;

/** Opens a connection; see `EventLoop.connect`. */
export async function connect(net: NetContext, options: ConnectOptions): Promise<Socket> {
  const { host, port, path, timeoutMs, signal, socket } = resolveConnectOptions(options);
  net.io.assertOpen();
  if (signal?.aborted) throw new AbortError(signal.reason);
  const attempt = new Attempt(net, signal, timeoutMs);
  try {
    const addresses = path === undefined ? await attempt.during(resolveHost(host, port)) : [{ path }];
    return await connectToOne(net, addresses, attempt, socket);
  } finally {
    attempt.end();
  }
}

/** Tries the addresses in turn; when all fail, the first one's error is told. */
async function connectToOne(
  net: NetContext,
  addresses: readonly NetAddress[],
  attempt: Attempt,
  options: ResolvedSocketOptions,
): Promise<Socket> {
  let first: unknown;
  for (const address of addresses) {
    attempt.address = address;
    try {
      const transport = await openTransport(net, address, attempt.signal, options);
      setUp(transport, options, address);
      return net.socketOver(transport, options);
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.reason;
      first ??= error;
    }
  }
  throw first;
}

async function openTransport(
  { io, ring }: NetContext,
  address: NetAddress,
  signal: AbortSignal,
  options: ResolvedSocketOptions,
): Promise<NewTransport> {
  const transport =
    ring === undefined
      ? await connectByNode(address, signal)
      : new RingTransport(
          ring,
          await connectOnRing(ring, address, signal),
          zeroCopyThreshold(options, address),
        );
  if (!io.isClosed) return transport;
  transport.closeNow();
  return io.assertOpen() as never;
}

function setUp(transport: NewTransport, options: ResolvedSocketOptions, address: NetAddress): void {
  if ('path' in address) return;
  if (options.noDelay) transport.setNoDelay(true);
  if (options.keepAliveMs > 0) transport.setKeepAlive(true, Math.ceil(options.keepAliveMs / 1000));
}

/** What can end an attempt before it has succeeded: the user's signal, the time-out, the end of the loop. */
class Attempt {
  /** What is being connected to. */
  address: NetAddress | undefined;
  readonly #own = new AbortController();
  readonly #net: NetContext;
  readonly #given: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => this.#fail(new AbortError(this.#given!.reason));
  /** Ends with its loop. */
  readonly #resource = {
    abandon: () => this.#fail(this.#net.io.closedError()),
    closeNow: () => {},
  };

  constructor(net: NetContext, given: AbortSignal | undefined, timeoutMs: number) {
    this.#net = net;
    this.#given = given;
    given?.addEventListener('abort', this.#onAbort, { once: true });
    net.io.resources.add(this.#resource);
    if (timeoutMs > 0) {
      this.#timer = setTimeout(() => this.#fail(netError(ETIMEDOUT, 'connect', this.address)), timeoutMs);
    }
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Why it was ended. */
  get reason(): Error {
    return this.#own.signal.reason as Error;
  }

  #fail(error: Error): void {
    this.#own.abort(error);
  }

  /** Waits for something that cannot be cancelled, or for the end of the attempt. */
  during<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal.aborted) return Promise.reject(this.reason);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(this.reason), { once: true });
      work.then(resolve, reject);
    });
  }

  /** It is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener('abort', this.#onAbort);
    this.#net.io.resources.delete(this.#resource);
  }
}
