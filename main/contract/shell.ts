/** What a page may ask of the window it runs in. A plain browser offers nothing of it. */
export interface ShellBridge {
  readonly kind: 'electron';
  readonly version: string;
  /** The page paints: the shell reloads a page that stops saying so. */
  heartbeat(): void;
}
