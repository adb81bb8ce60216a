/** Layouts for messages (linux/socket.h, linux/uio.h, include/uapi/linux/io_uring.h), in bytes. */

/** `struct msghdr`, behind it a `struct iovec`, behind it a `struct sockaddr`: all that one message needs. */
export const MessageBlock = {
  nameAddress: 0,
  nameLength: 8,
  vectorAddress: 16,
  vectorCount: 24,
  vector: 56,
  vectorBase: 56,
  vectorLength: 64,
  lengthBytes: 72,
} as const;

/**
 * `struct msghdr`, behind it an array of `struct iovec`, as indices into an Int32Array: what a send of several pieces needs.
 * Addresses take two words each, low half first; so do lengths, whose high half stays 0.
 */
export const SendVectorBlock = {
  vectorAddress: 4,
  vectorCount: 6,
  vector: 14,
  wordsPerPiece: 4,
  pieceAddress: 0,
  pieceLength: 2,
  mostPieces: 16,
  words: 14 + 16 * 4,
} as const;

/** `struct io_uring_recvmsg_out`, which a multishot RECVMSG writes before the name and the payload. */
export const ReceivedMessage = {
  nameLength: 0,
  payloadLength: 8,
  flags: 12,
  headerBytes: 16,
} as const;

/** Room that is reserved for the sender's address, between header and payload: a `struct sockaddr_in6`, rounded up. */
export const RECEIVED_NAME_BYTES = 32;

/** The longest payload of UDP over IPv6 without jumbograms. */
export const LONGEST_DATAGRAM_BYTES = 65_527;
