import { Serializer } from 'node:v8';

/**
 * V8's structured clone format, as `structuredClone` and `postMessage` use it. Node's `v8.serialize` differs from them:
 * it copies views apart from their buffers, makes a Buffer a Buffer again, and throws a plain Error.
 */
class CloneSerializer extends Serializer {
  /** V8 asks for the error to throw; Node passes the question on under this name. */
  _getDataCloneError(message: string): DOMException {
    return new DOMException(message, 'DataCloneError');
  }

  /** Objects that live outside JavaScript: ports, blobs, handles. */
  _writeHostObject(value: object): never {
    throw this._getDataCloneError(`${value.constructor?.name ?? 'this object'} could not be cloned.`);
  }

  /** Memory that is shared cannot be copied without tearing it: it travels by `workerData` or `postMessage`. */
  _getSharedArrayBufferId(): never {
    throw this._getDataCloneError(
      'a SharedArrayBuffer cannot be sent through a channel: pass it by postMessage',
    );
  }
}

/**
 * Serializes any value that structured clone can carry; `v8.deserialize` reads it.
 * @throws {DOMException} DataCloneError for functions, symbols, and objects that live outside JavaScript
 */
export function serializeClone(value: unknown): Buffer {
  const serializer = new CloneSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}
