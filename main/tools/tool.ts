/** One offline tool of the administrator: `npm run hub -- <name> …`. */
export interface Tool {
  /** One or two words, as they are typed. */
  readonly name: string;
  readonly summary: string;
  /** What `--help` shows: usage, options, exit codes. */
  readonly help: string;
  /**
   * Does it. What a program may read goes to stdout, what people read to stderr; a failure is one line.
   * @returns the exit code: 0 done, 1 the answer is no, 64 wrong usage, 78 the folder or file cannot be used
   */
  run(args: readonly string[], io: ToolIo): Promise<number>;
}

/** Where a tool speaks and what it stands on; tests bring their own. */
export interface ToolIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** The folder that relative paths are meant from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
