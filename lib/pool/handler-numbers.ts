import type { Link } from './link.js';
import { Header, ToThread } from './thread-descriptor.js';

/** Numbers by which one thread knows handlers; a new one is told to the thread before its first task. */
export class HandlerNumbers {
  readonly #numbers = new Map<string, Map<string, number>>();
  #count = 0;
  #lastFilename = '';
  #lastName = '';
  #lastNumber = -1;

  /** The number of a handler on the thread at the other side of the link. */
  numberOf(filename: string, name: string, link: Link): number {
    if (filename === this.#lastFilename && name === this.#lastName && this.#lastNumber >= 0)
      return this.#lastNumber;
    let ofFile = this.#numbers.get(filename);
    if (ofFile === undefined) {
      ofFile = new Map();
      this.#numbers.set(filename, ofFile);
    }
    const number = ofFile.get(name) ?? this.#tell(filename, name, link);
    // After a restart of the count the map is another one.
    this.#numbers.get(filename)?.set(name, number);
    this.#lastFilename = filename;
    this.#lastName = name;
    this.#lastNumber = number;
    return number;
  }

  #tell(filename: string, name: string, link: Link): number {
    if (this.#count === Header.handlers) {
      // Records arrive in order, so a number may be given to another handler.
      this.#numbers.clear();
      this.#numbers.set(filename, new Map());
      this.#count = 0;
    }
    const number = this.#count++;
    link.send(ToThread.handler | (number << Header.handlerShift), [filename, name]);
    return number;
  }
}
