/** Prints an error as every command does: one line on stderr. */
export function printError(message: string): void {
  process.stderr.write(`wakeline: ${message}\n`);
}
