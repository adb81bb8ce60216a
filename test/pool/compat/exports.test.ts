import { EventEmitter, EventEmitterAsyncResource } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import { type PoolClass, requireSubject, type Wrong } from './subject.js';

/** Piscina's documentation has them, its code has not. */
const documentedOnly: readonly PropertyKey[] = ['runTime', 'waitTime'];

/** What an object offers, without what it inherits: for each name whether it is a method, an accessor or a value. */
function membersOf(of: object): unknown {
  return Object.fromEntries(
    Reflect.ownKeys(of)
      .filter((key) => !documentedOnly.includes(key))
      .map((key) => {
        const { get, set, value, enumerable, writable } = Object.getOwnPropertyDescriptor(of, key)!;
        const kind = get === undefined ? typeof value : `get${set === undefined ? '' : ' and set'}`;
        const size = typeof value === 'function' ? value.length : undefined;
        return [String(key), { kind, size, enumerable, writable }] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What `move` makes of a value. */
function moved(Piscina: PoolClass, value: object): unknown {
  const movable = Piscina.move(value as Wrong) as Wrong;
  return {
    isItself: movable === value,
    movesItself: movable[Piscina.transferableSymbol] === value,
    movesItsBuffer: movable[Piscina.transferableSymbol] === (value as { buffer?: object }).buffer,
    isValueItself: movable[Piscina.valueSymbol] === value,
    isMovedAgain: Piscina.move(movable) === movable,
    keys: Object.keys(movable),
  };
}

compare({
  'the module exports the same names, of the same types': async ({ module }) => {
    const loaded = await import(module);
    return Object.fromEntries(
      Object.keys(loaded)
        .filter((name) => name !== 'module.exports')
        .sort()
        .map((name) => [name, typeof loaded[name]]),
    );
  },
  'require returns the class, with everything on it': async ({ module, Piscina }) => {
    const required = requireSubject(module);
    const loaded = await import(module);
    return {
      isTheSameClass: required === Piscina,
      isTheDefaultExport: loaded.default === required,
      isOnItself: required.Piscina === required,
      members: membersOf(required),
    };
  },
  'the exports are those of the class': async ({ module, Piscina }) => {
    const loaded = await import(module);
    const names = Object.keys(loaded).filter((name) => name !== 'default' && name !== 'module.exports');
    return names.map((name) => [name, loaded[name] === (Piscina as Wrong)[name]]).sort();
  },
  'the class has the same members': ({ Piscina }) => ({
    name: Piscina.name,
    length: Piscina.length,
    members: membersOf(Piscina.prototype),
  }),
  'a pool is an event emitter that is an async resource': ({ Piscina, pool }) => {
    const made = pool({ minThreads: 0, maxThreads: 1 });
    return {
      isEmitter: made instanceof EventEmitter,
      isResource: made instanceof EventEmitterAsyncResource,
      isInstance: made instanceof Piscina,
      own: Object.keys(made).filter((key) => !key.startsWith('_')),
      hasAsyncId: made.asyncResource.asyncId() > 0,
      tag: Object.prototype.toString.call(made),
    };
  },
  'the symbols are the registered ones': ({ Piscina }) => [
    Piscina.transferableSymbol === Symbol.for('Piscina.transferable'),
    Piscina.valueSymbol === Symbol.for('Piscina.valueOf'),
    Piscina.queueOptionsSymbol === Symbol.for('Piscina.queueOptions'),
  ],
  'the statics say that this is not a worker': ({ Piscina }) => ({
    isWorkerThread: Piscina.isWorkerThread,
    workerData: String(Piscina.workerData),
    version: Piscina.version,
  }),
  'move marks what can be transferred': ({ Piscina }) => {
    const { port1, port2 } = new MessageChannel();
    const marked = {
      arrayBuffer: moved(Piscina, new ArrayBuffer(8)),
      sharedArrayBuffer: moved(Piscina, new SharedArrayBuffer(8)),
      view: moved(Piscina, new Uint16Array(4)),
      dataView: moved(Piscina, new DataView(new ArrayBuffer(4))),
      port: moved(Piscina, port1),
      plain: moved(Piscina, { a: 1 }),
      array: moved(Piscina, [1, 2]),
      transferable: moved(Piscina, {
        [Piscina.transferableSymbol]: [new ArrayBuffer(1)],
        [Piscina.valueSymbol]: { a: 1 },
      }),
    };
    port2.close();
    return marked;
  },
  'move returns what is no object as it is': async ({ Piscina }) => {
    const values: Wrong[] = [null, undefined, 1, 'text', false, Symbol.iterator, membersOf];
    return Promise.all(values.map((value) => outcomeOf(() => Object.is(Piscina.move(value), value))));
  },
  'a frozen object cannot be marked as movable': async ({ Piscina }) =>
    outcomeOf(() => {
      Piscina.move(Object.freeze({ [Piscina.transferableSymbol]: [], [Piscina.valueSymbol]: 1 }) as Wrong);
    }),
});
