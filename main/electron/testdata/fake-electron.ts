import { EventEmitter } from 'node:events';

/**
 * A small stand-in for the part of Electron that the shell uses, for what no test can bring about in a real one: renderers that hang, displays that report
 * nonsense, window managers that do not obey. Methods carry Electron's own types, so that a fake which drifts away from the API does not compile; what
 * Electron's documentation says of order and effect is written beside it. It proves what the shell decides, and nothing about Electron.
 */

type Bounds = Electron.Rectangle;

/** An event whose default can be prevented. */
export class FakeEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Emits an event with one that can be prevented before the arguments; answers whether it was. */
function emitPreventable(from: EventEmitter, name: string, ...args: unknown[]): boolean {
  const event = new FakeEvent();
  from.emit(name, event, ...args);
  return event.defaultPrevented;
}

// ── displays

export const fakeDisplay = (id: number, bounds: Partial<Bounds> = {}, more: Partial<Electron.Display> = {}): Electron.Display =>
  ({ id, label: '', bounds: { x: 0, y: 0, width: 1920, height: 1080, ...bounds }, scaleFactor: 1, ...more }) as Electron.Display;

class FakeScreen extends EventEmitter implements Pick<Electron.Screen, 'getAllDisplays' | 'getDisplayMatching'> {
  displays: Electron.Display[] = [];

  getAllDisplays(): Electron.Display[] {
    return structuredClone(this.displays);
  }

  /** The display that most of the rectangle lies on, or the nearest. */
  getDisplayMatching(rect: Bounds): Electron.Display {
    const overlap = ({ bounds }: Electron.Display) =>
      Math.max(0, Math.min(rect.x + rect.width, bounds.x + bounds.width) - Math.max(rect.x, bounds.x)) *
      Math.max(0, Math.min(rect.y + rect.height, bounds.y + bounds.height) - Math.max(rect.y, bounds.y));
    const best = [...this.displays].sort((a, b) => (overlap(b) || 0) - (overlap(a) || 0))[0];
    return structuredClone(best ?? fakeDisplay(-1, { width: 0, height: 0 }));
  }
}

// ── pages

export class FakeFrame {
  url = 'about:blank';
}

let lastProcessId = 4000;

export class FakeWebContents
  extends EventEmitter
  implements
    Pick<
      Electron.WebContents,
      | 'loadURL'
      | 'getURL'
      | 'reload'
      | 'send'
      | 'getOSProcessId'
      | 'forcefullyCrashRenderer'
      | 'setIgnoreMenuShortcuts'
      | 'getZoomLevel'
      | 'setZoomLevel'
      | 'executeJavaScript'
    >
{
  mainFrame = new FakeFrame();
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = [];
  readonly loaded: string[] = [];
  readonly navigationHistory = { cleared: 0, clear: () => void (this.navigationHistory.cleared += 1) };
  readonly session: FakeSession;
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  ignoresMenuShortcuts = false;
  reloads = 0;
  crashes = 0;
  readonly evaluated: string[] = [];
  /** What a page answers that is evaluated in. */
  answers: () => Promise<unknown> = () => Promise.resolve(undefined);
  pid = (lastProcessId += 1);
  memoryKb = 200_000;
  #zoom = 0;

  constructor(session: FakeSession) {
    super();
    this.session = session;
  }

  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.mainFrame.url = url;
    const { pages } = fake;
    if (pages.failsWith !== null) {
      this.emit('did-fail-load', new FakeEvent(), pages.failsWith.code, pages.failsWith.description, url, true);
      return Promise.reject(new Error(pages.failsWith.description));
    }
    this.emit('did-navigate', new FakeEvent(), url, pages.status, '');
    return Promise.resolve();
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  reload(): void {
    this.reloads += 1;
  }

  send(channel: string, ...args: unknown[]): void {
    this.sent.push({ channel, args: structuredClone(args) });
  }

  getOSProcessId(): number {
    return this.pid;
  }

  executeJavaScript(code: string): Promise<unknown> {
    this.evaluated.push(code);
    return this.answers();
  }

  /** The process is gone a moment later; the next load gets another. */
  forcefullyCrashRenderer(): void {
    this.crashes += 1;
    this.crash('killed');
  }

  /** What the system or a bug does to it. */
  crash(reason: Electron.RenderProcessGoneDetails['reason']): void {
    this.pid = lastProcessId += 1;
    this.emit('render-process-gone', new FakeEvent(), { reason, exitCode: 1 });
  }

  setIgnoreMenuShortcuts(ignore: boolean): void {
    this.ignoresMenuShortcuts = ignore;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }

  getZoomLevel(): number {
    return this.#zoom;
  }

  setZoomLevel(level: number): void {
    this.#zoom = level;
  }

  /** Whether a navigation of this kind would go through. */
  goesTo(event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate', url: string): boolean {
    const asked = Object.assign(new FakeEvent(), { url });
    this.emit(event, asked);
    return !asked.defaultPrevented;
  }

  key(key: string, held: Partial<Electron.Input> = {}): boolean {
    return emitPreventable(this, 'before-input-event', {
      type: 'keyDown',
      key,
      control: false,
      alt: false,
      shift: false,
      meta: false,
      isAutoRepeat: false,
      ...held,
    });
  }
}

// ── windows

export class FakeBrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'setBounds'
      | 'getBounds'
      | 'setKiosk'
      | 'isKiosk'
      | 'setFullScreen'
      | 'isFullScreen'
      | 'show'
      | 'isVisible'
      | 'isMinimized'
      | 'restore'
      | 'focus'
      | 'close'
      | 'destroy'
      | 'isDestroyed'
      | 'loadURL'
      | 'removeMenu'
    >
{
  static readonly all: FakeBrowserWindow[] = [];

  readonly webContents: FakeWebContents;
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly moves: Bounds[] = [];
  isMinimizedNow = false;
  focused = 0;
  #bounds: Bounds;
  #normal: Bounds;
  #kiosk = false;
  #fullScreen = false;
  #visible = false;
  #destroyed = false;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.#bounds = { x: options.x ?? 40, y: options.y ?? 40, width: options.width ?? 800, height: options.height ?? 600 };
    this.#normal = this.#bounds;
    this.#visible = options.show !== false;
    this.webContents = new FakeWebContents(FakeSession.of(options.webPreferences?.partition ?? ''));
    FakeBrowserWindow.all.push(this);
    fake.app.emit('web-contents-created', new FakeEvent(), this.webContents);
    fake.app.emit('browser-window-created', new FakeEvent(), this);
  }

  static get open(): FakeBrowserWindow[] {
    return FakeBrowserWindow.all.filter((window) => !window.isDestroyed());
  }

  /** Electron refuses what is no whole number with a TypeError; a window that is full screen is not moved. */
  setBounds(bounds: Partial<Bounds>): void {
    for (const side of Object.values(bounds)) if (!Number.isFinite(side)) throw new TypeError('Error processing argument at index 0');
    if (fake.windowManager.deafFor > 0) {
      fake.windowManager.deafFor -= 1;
      return;
    }
    this.moves.push({ ...this.#bounds, ...bounds });
    if (!this.#kiosk) this.#bounds = this.#normal = { ...this.#bounds, ...bounds };
  }

  getBounds(): Bounds {
    return { ...this.#bounds };
  }

  /** Full screen takes the display that the window is on. */
  setKiosk(on: boolean): void {
    if (on === this.#kiosk) return;
    this.#kiosk = on;
    this.#bounds = on ? { ...fake.screen.getDisplayMatching(this.#bounds).bounds } : this.#normal;
  }

  isKiosk(): boolean {
    return this.#kiosk;
  }

  setFullScreen(on: boolean): void {
    this.#fullScreen = on;
  }

  /** A kiosk is full screen, too. */
  isFullScreen(): boolean {
    return this.#fullScreen || this.#kiosk;
  }

  show(): void {
    this.#visible = true;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isMinimized(): boolean {
    return this.isMinimizedNow;
  }

  restore(): void {
    this.isMinimizedNow = false;
  }

  focus(): void {
    this.focused += 1;
  }

  removeMenu(): void {}

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  /** As a person or a window manager asks for it. */
  close(): void {
    if (!emitPreventable(this, 'close')) this.destroy();
  }

  /** `closed` is emitted, `close` is not. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('closed');
    if (FakeBrowserWindow.open.length === 0) fake.app.emit('window-all-closed');
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  /** What a window manager, or a display that went, does to it. */
  pushTo(bounds: Bounds): void {
    this.#bounds = bounds;
  }
}

// ── sessions

type Handlers = Parameters<Electron.Session['setPermissionRequestHandler']>[0];

export class FakeSession
  extends EventEmitter
  implements
    Pick<
      Electron.Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setDisplayMediaRequestHandler'
      | 'setCertificateVerifyProc'
      | 'clearStorageData'
    >
{
  static readonly made = new Map<string, FakeSession>();

  permissionRequest: Handlers = null;
  permissionCheck: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;
  devicePermission: Parameters<Electron.Session['setDevicePermissionHandler']>[0] = null;
  displayMedia: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0] = null;
  verify: Parameters<Electron.Session['setCertificateVerifyProc']>[0] = null;
  cleared = 0;

  /** Made once for a partition, and told to the app then. */
  static of(partition: string): FakeSession {
    const found = FakeSession.made.get(partition);
    if (found) return found;
    const made = new FakeSession();
    FakeSession.made.set(partition, made);
    if (partition !== '') fake.app.emit('session-created', made);
    return made;
  }

  async clearStorageData(): Promise<void> {
    this.cleared += 1;
  }

  setPermissionRequestHandler(handler: Handlers): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: FakeSession['permissionCheck']): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: FakeSession['devicePermission']): void {
    this.devicePermission = handler;
  }

  setDisplayMediaRequestHandler(handler: FakeSession['displayMedia']): void {
    this.displayMedia = handler;
  }

  setCertificateVerifyProc(verify: FakeSession['verify']): void {
    this.verify = verify;
  }

  /** What a page is answered that asks for a permission. */
  asks(contents: FakeWebContents, permission: string, requestingUrl = contents.getURL(), isMainFrame = true): boolean {
    let answer = true;
    this.permissionRequest?.(contents as unknown as Electron.WebContents, permission as 'media', (granted) => (answer = granted), {
      requestingUrl,
      isMainFrame,
    } as Electron.PermissionRequest);
    return answer;
  }

  /** Whether a file may be kept that came over these addresses. */
  keeps(...chain: string[]): boolean {
    return !emitPreventable(this, 'will-download', { getURLChain: () => chain });
  }
}

// ── processes

export class FakeUtilityProcess extends EventEmitter implements Pick<Electron.UtilityProcess, 'postMessage' | 'kill'> {
  static readonly all: FakeUtilityProcess[] = [];

  readonly entry: string;
  readonly options: Electron.ForkOptions;
  readonly heard: unknown[] = [];
  pid: number | undefined;
  kills = 0;

  constructor(entry: string, options: Electron.ForkOptions) {
    super();
    this.entry = entry;
    this.options = options;
    FakeUtilityProcess.all.push(this);
  }

  /** It runs: only now it has a pid. */
  spawn(pid: number): void {
    this.pid = pid;
    this.emit('spawn');
  }

  /** `exit` comes after the pid is gone. */
  exit(code: number): void {
    this.pid = undefined;
    this.emit('exit', code);
  }

  postMessage(message: unknown): void {
    this.heard.push(structuredClone(message));
  }

  kill(): boolean {
    this.kills += 1;
    return this.pid !== undefined;
  }
}

// ── the app

class FakeApp
  extends EventEmitter
  implements
    Pick<
      Electron.App,
      | 'quit'
      | 'exit'
      | 'relaunch'
      | 'getPath'
      | 'getLocale'
      | 'requestSingleInstanceLock'
      | 'releaseSingleInstanceLock'
      | 'enableSandbox'
      | 'disableHardwareAcceleration'
      | 'disableDomainBlockingFor3DAPIs'
      | 'setAboutPanelOptions'
      | 'showAboutPanel'
    >
{
  isPackaged = false;
  /** What happened to it, in order. */
  readonly events: string[] = [];
  readonly exits: number[] = [];
  readonly relaunches: (Electron.RelaunchOptions | undefined)[] = [];
  readonly switches = new Map<string, string>();
  isFirstInstance = true;
  userData = '/nowhere';
  locale = 'zh-CN';
  readonly ready = Promise.withResolvers<void>();

  readonly commandLine: Pick<Electron.CommandLine, 'appendSwitch' | 'hasSwitch' | 'getSwitchValue'> = {
    appendSwitch: (name, value) => void this.switches.set(name, value ?? ''),
    hasSwitch: (name) => this.switches.has(name),
    getSwitchValue: (name) => this.switches.get(name) ?? '',
  };

  /** `before-quit` first; only when nobody refuses it windows are closed and the app ends. */
  quit(): void {
    this.events.push('quit');
    if (emitPreventable(this, 'before-quit')) return;
    for (const window of FakeBrowserWindow.open) window.close();
    if (FakeBrowserWindow.open.length === 0) this.exit(0);
  }

  /** At once, and nobody is asked. */
  exit(code = 0): void {
    this.events.push(`exit ${code}`);
    this.exits.push(code);
  }

  relaunch(options?: Electron.RelaunchOptions): void {
    this.events.push('relaunch');
    this.relaunches.push(options);
  }

  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  getPath(): string {
    return this.userData;
  }

  getLocale(): string {
    return this.locale;
  }

  requestSingleInstanceLock(): boolean {
    return this.isFirstInstance;
  }

  releaseSingleInstanceLock(): void {
    this.events.push('lock released');
  }

  enableSandbox(): void {
    this.events.push('sandbox');
  }

  disableHardwareAcceleration(): void {
    this.events.push('no gpu');
  }

  disableDomainBlockingFor3DAPIs(): void {}

  setAboutPanelOptions(): void {}

  showAboutPanel(): void {
    this.events.push('about');
  }

  getAppMetrics(): Pick<Electron.ProcessMetric, 'pid' | 'memory'>[] {
    return FakeBrowserWindow.open.map(({ webContents }) => ({
      pid: webContents.pid,
      memory: { workingSetSize: webContents.memoryKb, peakWorkingSetSize: webContents.memoryKb },
    }));
  }
}

class FakePowerSaveBlocker implements Pick<Electron.PowerSaveBlocker, 'start' | 'stop' | 'isStarted'> {
  readonly started = new Map<number, string>();
  #last = 0;

  start(type: 'prevent-app-suspension' | 'prevent-display-sleep'): number {
    this.started.set((this.#last += 1), type);
    return this.#last;
  }

  stop(id: number): boolean {
    return this.started.delete(id);
  }

  isStarted(id: number): boolean {
    return this.started.has(id);
  }
}

class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();

  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}

/** One Electron, as a test moves it. */
class FakeElectron {
  app = new FakeApp();
  screen = new FakeScreen();
  powerMonitor = new EventEmitter();
  powerSaveBlocker = new FakePowerSaveBlocker();
  ipcMain = new FakeIpcMain();
  readonly menus: unknown[] = [];
  readonly boxes: Electron.MessageBoxOptions[] = [];
  /** A person closes the dialog. */
  closeBox: () => void = () => {};
  /** How pages load. */
  pages: { status: number; failsWith: { code: number; description: string } | null } = { status: 200, failsWith: null };
  /** How many moves of windows are not carried out. */
  windowManager = { deafFor: 0 };

  /** Displays are as said from now on. Electron tells of each that came, went or changed. */
  setDisplays(displays: Electron.Display[]): void {
    const before = this.screen.displays;
    this.screen.displays = displays;
    for (const display of displays) {
      const known = before.find(({ id }) => id === display.id);
      if (!known) this.screen.emit('display-added', new FakeEvent(), display);
      else if (JSON.stringify(known) !== JSON.stringify(display))
        this.screen.emit('display-metrics-changed', new FakeEvent(), display, ['bounds']);
    }
    for (const display of before)
      if (!displays.some(({ id }) => id === display.id)) this.screen.emit('display-removed', new FakeEvent(), display);
    // A window on a display that is gone is thrown onto another.
    for (const window of FakeBrowserWindow.open)
      if (window.isKiosk() && displays[0]) window.pushTo({ ...this.screen.getDisplayMatching(window.getBounds()).bounds });
  }

  /** A page sends a message; `frame` is what sends it, its top frame when nothing is said. */
  says(contents: FakeWebContents, channel: string, args: readonly unknown[] = [], frame: FakeFrame | null = contents.mainFrame): void {
    this.ipcMain.emit(channel, { sender: contents, senderFrame: frame }, ...args);
  }

  /** A page asks, and waits for the answer. */
  async asks(
    contents: FakeWebContents,
    channel: string,
    args: readonly unknown[],
    frame: FakeFrame | null = contents.mainFrame,
  ): Promise<unknown> {
    const handler = this.ipcMain.handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return handler({ sender: contents, senderFrame: frame }, ...args);
  }

  gpuDies(reason: Electron.Details['reason'] = 'crashed'): void {
    this.app.emit('child-process-gone', new FakeEvent(), { type: 'GPU', reason, exitCode: 139 } satisfies Electron.Details);
  }

  /** As new, for the next test. */
  reset(): void {
    Object.assign(this, new FakeElectron());
    FakeBrowserWindow.all.length = 0;
    FakeUtilityProcess.all.length = 0;
    FakeSession.made.clear();
  }
}

export const fake = new FakeElectron();

/** What `import … from 'electron'` gives to the code under test: `vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule)`. */
export const fakeModule = {
  // Each member looks the present one up, for a module is bound once and a test begins anew.
  app: present(() => fake.app),
  screen: present(() => fake.screen),
  powerMonitor: present(() => fake.powerMonitor),
  powerSaveBlocker: present(() => fake.powerSaveBlocker),
  ipcMain: present(() => fake.ipcMain),
  BrowserWindow: FakeBrowserWindow,
  session: {
    get defaultSession() {
      return FakeSession.of('');
    },
    fromPartition: (partition: string) => FakeSession.of(partition),
  },
  utilityProcess: {
    fork: (entry: string, _args: readonly string[], options: Electron.ForkOptions) => new FakeUtilityProcess(entry, options),
  },
  Menu: {
    setApplicationMenu: (menu: unknown) => void fake.menus.push(menu),
    buildFromTemplate: (template: unknown) => template,
  },
  dialog: {
    showMessageBox: (options: Electron.MessageBoxOptions) => {
      fake.boxes.push(options);
      return new Promise<Electron.MessageBoxReturnValue>((resolve) => {
        fake.closeBox = () => resolve({ response: 0, checkboxChecked: false });
      });
    },
  },
};

function present<T extends object>(now: () => T): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const target = now();
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    set: (_, name, value) => Reflect.set(now(), name, value),
    has: (_, name) => Reflect.has(now(), name),
  });
}
