import { createRequire, moduleUrl } from '../../ffi/index.js';

type V8 = typeof import('node:v8');

let loaded: V8 | undefined;

/** Loaded when first needed: most threads never clone, and it takes 0.1 MiB of each. */
function v8(): V8 {
  loaded ??= createRequire(moduleUrl)('node:v8') as V8;
  return loaded;
}

/**
 * V8's structured clone format, as `structuredClone` and `postMessage` use it. Node's `v8.serialize` differs from them:
 * it copies views apart from their buffers, makes a Buffer a Buffer again, and throws a plain Error.
 */
function createSerializer() {
  return class CloneSerializer extends v8().Serializer {
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
  };
}

let CloneSerializer: ReturnType<typeof createSerializer> | undefined;

/**
 * Serializes any value that structured clone can carry; `v8.deserialize` reads it.
 * @throws {DOMException} DataCloneError for functions, symbols, and objects that live outside JavaScript
 */
export function serializeClone(value: unknown): Buffer {
  CloneSerializer ??= createSerializer();
  const serializer = new CloneSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** Reads what `serializeClone` has written. */
export function deserializeClone(buffer: Uint8Array): unknown {
  return v8().deserialize(buffer);
}
