/** What a side is asked for. */
export interface Task {
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** A folder of pictures, or the file of a network's weights. */
  readonly files: string;
  /** Where a graph is left for the side that runs it, too. */
  readonly graph: string;
  /** Whether XLA compiles the step of a training. Default false. */
  readonly jitCompile?: boolean;
}

/** What is measured, ready to be done again and again. */
export type Work = (options: Pick<Task, 'stepsPerEpoch' | 'epochs'>) => Promise<unknown>;

/** By a workload's name, what prepares it. */
export type Family = Readonly<Record<string, (task: Task) => Work | Promise<Work>>>;
