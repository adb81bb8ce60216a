/**
 * When V8 leaves idle threads alone, in milliseconds after their start. Its memory reducer collects 8, 16 and 24 s after a
 * thread's last work, some 20 to 100 ms of CPU each time, attached or not (seen in 4 of 4 processes, by the second, for 60 s).
 */
export const SETTLE_MS = 30_000;
