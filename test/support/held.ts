import { setTimeout as sleep } from 'node:timers/promises';

const COLLECTIONS = 3;
const PAUSE_MS = 20;

/** Objects by name, of which is asked later whether something still holds them. For processes with `--expose-gc`. */
export class WatchedObjects {
  readonly #references = new Map<string, WeakRef<object>>();

  /** How many there are. */
  get count(): number {
    return this.#references.size;
  }

  /** Watches one, and returns it. */
  watch<Watched extends object>(name: string, object: Watched): Watched {
    this.#references.set(name, new WeakRef(object));
    return object;
  }

  /** Names of those that V8 cannot collect. */
  async held(): Promise<string[]> {
    for (let collection = 0; collection < COLLECTIONS; collection++) {
      // A reference that was just made, or looked at, holds its object until then.
      await sleep(PAUSE_MS);
      globalThis.gc!();
    }
    return [...this.#references.keys()].filter((name) => this.#references.get(name)!.deref() !== undefined);
  }
}
