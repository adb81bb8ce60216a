import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import type { Scenario, Subject, Wrong } from './subject.js';

/** A worker that moves results of several kinds, and remembers whether they are gone. */
function movingFile({ files, module }: Subject): string {
  return files.add(
    'moves.mjs',
    `import Piscina, { move, transferableSymbol, valueSymbol } from '${module}';
     let kept;
     export function buffer(size) { kept = new ArrayBuffer(size); return move(kept); }
     export function view(size) { const v = new Uint8Array(size).fill(3); kept = v.buffer; return Piscina.move(v); }
     export function port() {
       const { port1, port2 } = new MessageChannel();
       port1.postMessage('through a moved port');
       port1.close();
       return move(port2);
     }
     export function object() {
       kept = new ArrayBuffer(8);
       return move({
         name: 'object', data: kept,
         get [transferableSymbol]() { return [this.data]; },
         get [valueSymbol]() { return { name: this.name, data: this.data }; },
       });
     }
     export function notMoved(size) { kept = new ArrayBuffer(size); return kept; }
     export function nested() { kept = new ArrayBuffer(4); return { inner: move(kept) }; }
     export function plain() { return move({ a: 1 }); }
     export function number() { return move(5); }
     export function received(value) { return [Object.prototype.toString.call(value), value.byteLength ?? value.length]; }
     export function left() { return kept.byteLength; }`,
  );
}

const movedResult =
  (name: string): Scenario =>
  async (subject) => {
    const made = subject.pool({ filename: movingFile(subject), name: 'left', minThreads: 1, maxThreads: 1 });
    made.on('error', () => {});
    const result = await outcomeOf(() => made.run(16, { name }));
    const left = await outcomeOf(() => made.run(0, { name: 'left' }));
    return { result, left: name === 'plain' ? undefined : left };
  };

compare({
  'a worker moves an ArrayBuffer': movedResult('buffer'),
  'a worker moves a view': movedResult('view'),
  'a worker moves an object with a transfer list of its own': movedResult('object'),
  'a result that is not moved is copied': movedResult('notMoved'),
  'a nested move is no move': movedResult('nested'),
  'an object that cannot be transferred ends the thread': movedResult('plain'),
  'a worker moves a port': async (subject) => {
    const made = subject.pool({ filename: movingFile(subject), name: 'left', minThreads: 1, maxThreads: 1 });
    const port = (await made.run(0, { name: 'port' })) as import('node:worker_threads').MessagePort;
    const message = await new Promise((resolve) => port.once('message', resolve));
    port.close();
    return message;
  },
  'tasks are moved': async (subject) => {
    const { Piscina } = subject;
    const made = subject.pool({
      filename: movingFile(subject),
      name: 'received',
      minThreads: 1,
      maxThreads: 1,
    });
    const [buffer, view, other] = [new ArrayBuffer(10), new Uint8Array(20), new ArrayBuffer(30)];
    const results = [
      await made.run(Piscina.move(buffer)),
      await made.run(Piscina.move(view)),
      await made.run(Piscina.move(other), { transferList: [] }),
      await made.run(Piscina.move(new Uint8Array(5)), {}),
    ];
    return { results, left: [buffer.byteLength, view.byteLength, other.byteLength] };
  },
  'tasks with a transfer list of their own are moved': async (subject) => {
    const { Piscina } = subject;
    const made = subject.pool({
      filename: movingFile(subject),
      name: 'received',
      minThreads: 1,
      maxThreads: 1,
    });
    const data = new ArrayBuffer(40);
    const task = { [Piscina.transferableSymbol]: [data], [Piscina.valueSymbol]: data };
    const unmoved = await outcomeOf(() => made.run(task as Wrong));
    const moved = await outcomeOf(() => made.run(Piscina.move(task as Wrong)));
    return { unmoved, moved, left: data.byteLength };
  },
  'a moved task that is refused stays': async (subject) => {
    const { Piscina } = subject;
    const made = subject.pool({
      filename: movingFile(subject),
      name: 'received',
      minThreads: 1,
      maxThreads: 1,
    });
    const data = new ArrayBuffer(8);
    await made.run(Piscina.move(data), { signal: AbortSignal.abort() }).catch(() => {});
    return data.byteLength;
  },
});
