/** Prints a line. */
export default function print(line: string): void {
  console.log(line);
}
