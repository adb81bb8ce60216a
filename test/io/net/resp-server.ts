import type { EventLoop, Listener, Socket, SocketHandlers } from 'wakeline';

/** What is left of a command whose end has not come yet. */
const unfinished = new WeakMap<Socket, string>();

const handlers: SocketHandlers = {
  onData(socket, bytes, lengthBytes) {
    const text = (unfinished.get(socket) ?? '') + bytes.toString('latin1', 0, lengthBytes);
    unfinished.set(socket, text.slice(answerCommands(socket, text)));
  },
};

/** Answers every whole command of a text in the Redis protocol; returns where the first unfinished one begins. */
function answerCommands(socket: Socket, text: string): number {
  let start = 0;
  for (;;) {
    const header = /^(?:\*(\d+)\r\n|([^*\r\n][^\r\n]*)\r\n)/.exec(text.slice(start));
    if (header === null) return start;
    let end = start + header[0].length;
    const words: string[] = header[2] === undefined ? [] : header[2].split(' ');
    for (let left = Number(header[1] ?? 0); left > 0; left--) {
      const length = /^\$(\d+)\r\n/.exec(text.slice(end));
      if (length === null) return start;
      const wordStart = end + length[0].length;
      end = wordStart + Number(length[1]) + 2;
      if (end > text.length) return start;
      words.push(text.slice(wordStart, end - 2));
    }
    socket.enqueue(answerTo(words));
    start = end;
  }
}

function answerTo([name, argument]: readonly string[]): string {
  if (name.toUpperCase() === 'PING') {
    return argument === undefined ? '+PONG\r\n' : `$${argument.length}\r\n${argument}\r\n`;
  }
  return `-ERR unknown command '${name}'\r\n`;
}

/** A server that speaks as much of the Redis protocol as PING needs. */
export function serveRedisPings(loop: EventLoop): Promise<Listener> {
  return loop.listen({ port: 0, host: '127.0.0.1' }, (socket) => socket.handle(handlers));
}
