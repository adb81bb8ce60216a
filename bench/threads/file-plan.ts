/** Who reads: a loop of ours, `fs/promises`, or `fs` with callbacks. */
export type FileSide = 'wakeline' | 'promises' | 'callbacks';

/** A measurement of reading files. */
export type FilePlan =
  | {
      /** 4 KiB at random places, 64 in flight. */
      readonly job: 'random';
      readonly side: FileSide;
      readonly path: string;
      readonly isDirect: boolean;
      readonly reads: number;
    }
  | {
      /** One file from its beginning to its end. */
      readonly job: 'sequential';
      readonly side: FileSide;
      readonly path: string;
      readonly chunkBytes: number;
      /** How often, after two times that warm up. */
      readonly passes: number;
      /** Whether the chunks share memory, where the side has a choice. */
      readonly reuse: boolean;
    }
  | {
      /** Many files, each read whole, 64 at once. */
      readonly job: 'whole';
      readonly side: FileSide;
      readonly folder: string;
    };

/** What the process prints. */
export interface FileResult {
  /** CPU time and time of one item: a read, a file, or a MiB. */
  readonly cpuNs: number;
  readonly wallNs: number;
}
