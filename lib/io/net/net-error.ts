import { WakelineError } from '../../loop/index.js';
import { UringError } from '../../ring/index.js';
import { displayAddress, type NetAddress } from './net-address.js';

/**
 * The error of a system call on a socket: as Node's, with `address` and `port` (or `path`) of the other end, or of this
 * one when listening.
 * @param result `-errno`
 */
export function netError(result: number, syscall: string, address?: NetAddress): UringError {
  if (address === undefined) return new UringError(result, syscall);
  if ('path' in address) return new UringError(result, syscall, address.path);
  const error = new UringError(result, syscall);
  error.message += ` ${displayAddress(address)}`;
  return Object.assign(error, { address: address.address, port: address.port });
}

/** This end has closed the connection. */
export function socketClosedError(): WakelineError {
  return new WakelineError('ERR_WAKELINE_SOCKET_CLOSED', 'the socket is closed');
}

/** This end has said that it sends no more. */
export function socketEndedError(): WakelineError {
  return new WakelineError('ERR_WAKELINE_SOCKET_ENDED', 'nothing can be written after end()');
}

/** Two readers at once. */
export function socketBusyError(): WakelineError {
  return new WakelineError('ERR_WAKELINE_SOCKET_BUSY', 'another read of this socket is pending');
}

/** Nothing came or went for too long. */
export function socketTimeoutError(timeoutMs: number): WakelineError {
  return new WakelineError('ERR_WAKELINE_SOCKET_TIMEOUT', `the socket was idle for ${timeoutMs} ms`);
}
