/** An error of this package: its `code` tells what happened, as with Node's own errors. */
export class WakelineError extends Error {
  override readonly name = 'WakelineError';
  readonly code: string;

  /** @param code one of the `ERR_WAKELINE_*` codes in the README */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The other end of a channel is closed, or its thread has ended. */
export class ChannelClosedError extends WakelineError {
  constructor(message = 'the other end of the channel is closed') {
    super('ERR_WAKELINE_CHANNEL_CLOSED', message);
  }
}

/** A backend, waiter or memory that was demanded by an option or by WAKELINE_BACKEND cannot be had. */
export class UnavailableError extends WakelineError {
  constructor(demand: string, reason: string) {
    super('ERR_WAKELINE_UNAVAILABLE', `${demand} was demanded and is not available: ${reason}`);
  }
}
