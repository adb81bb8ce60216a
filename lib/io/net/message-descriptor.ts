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

const WORD_BYTES = 4;
const WORDS_PER_PIECE = 4;
const MOST_PIECES = 16;

/**
 * The same with several vectors and no address, as indices into an Int32Array: what a send of several pieces needs.
 * Addresses take two words each, low half first; so do lengths, whose high half stays 0.
 */
export const SendVectorBlock = {
  vectorAddress: MessageBlock.vectorAddress / WORD_BYTES,
  vectorCount: MessageBlock.vectorCount / WORD_BYTES,
  vector: MessageBlock.vector / WORD_BYTES,
  wordsPerPiece: WORDS_PER_PIECE,
  pieceAddress: 0,
  pieceLength: (MessageBlock.vectorLength - MessageBlock.vectorBase) / WORD_BYTES,
  mostPieces: MOST_PIECES,
  words: MessageBlock.vector / WORD_BYTES + MOST_PIECES * WORDS_PER_PIECE,
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
