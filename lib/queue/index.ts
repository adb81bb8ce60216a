export { ByteRingConsumer, ByteRingProducer, capacityLimits, createByteRing } from './byte-ring.js';
export { ByteRing, Record, RecordKind } from './byte-ring-descriptor.js';
export { Decoder, NOTHING } from './decoder.js';
export { Encoder, MAX_RECORD_BYTES } from './encoder.js';
export { DELIVERY_BATCH, Mailbox, type MailPort } from './mailbox.js';
