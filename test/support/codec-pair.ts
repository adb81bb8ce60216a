import {
  ByteRingConsumer,
  ByteRingProducer,
  createByteRing,
  Decoder,
  Encoder,
  NOTHING,
} from 'wakeline/queue';

/** Both ends of a ring on one thread, with their codecs. */
export class CodecPair {
  readonly encoder: Encoder;
  readonly consumer: ByteRingConsumer;
  readonly #decoder: Decoder;

  constructor(capacityBytes = 4096) {
    const memory = createByteRing(capacityBytes);
    this.encoder = new Encoder(new ByteRingProducer(memory));
    this.consumer = new ByteRingConsumer(memory);
    this.#decoder = new Decoder(this.consumer);
  }

  /** The tag of the value that was taken last. */
  get tag(): number {
    return this.#decoder.tag;
  }

  /** Takes a value, or `NOTHING`, and gives its room back. */
  take(): unknown {
    const value = this.#decoder.next();
    this.consumer.release();
    return value;
  }

  /** Sends a value, large or small, and takes it out on the other side. */
  carry(value: unknown): unknown {
    if (!this.encoder.encode(value)) throw new Error('an empty ring had no room');
    for (let piece = 0; piece < 100_000; piece++) {
      const taken = this.take();
      if (taken !== NOTHING) return taken;
      this.encoder.continueLarge();
    }
    throw new Error('the value did not arrive');
  }
}
