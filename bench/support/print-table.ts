import Table from 'cli-table3';
import type { Outcome } from './case.js';

const SIGNIFICANT_DIGITS = 3;

/** A figure with three significant digits, or in full where it has more before the point. */
export function readable(figure: number): string {
  if (!Number.isFinite(figure)) return String(figure);
  if (Math.abs(figure) >= 10 ** SIGNIFICANT_DIGITS) return Math.round(figure).toLocaleString('en-US');
  return String(Number(figure.toPrecision(SIGNIFICANT_DIGITS)));
}

/** The outcomes of a suite as a table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ['case', 'unit', 'ours', 'peer', 'theirs', 'ratio', 'target', 'met'],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { case: name, unit, ours, peer, theirs, ratio, target, met } of outcomes) {
    const asked = target === null ? '' : `≥ ${readable(target)}`;
    const isMet = met === null ? '' : met ? 'yes' : 'NO';
    table.push([name, unit, readable(ours), peer, readable(theirs), readable(ratio), asked, isMet]);
  }
  return table.toString();
}
