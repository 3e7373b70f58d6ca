import type { ReportEntry } from './report-book.ts';

/** Where reports are kept while the page is away. */
export interface ReportStore {
  /** False: what it is given is lost with the page. */
  readonly keeps: boolean;
  load(): Promise<ReportEntry[]>;
  /** Makes what is kept the same as the book. Those that a book does not name are removed. */
  save(book: readonly ReportEntry[]): Promise<void>;
}

const databaseName = 'taodu-unit';
const storeName = 'reports';

/** Opens the browser's database; where there is none (private windows, a full disk) reports live as long as the page. */
export async function openReportStore(factory: IDBFactory | undefined = globalThis.indexedDB): Promise<ReportStore> {
  const database = await opened(factory).catch(() => null);
  if (database === null) return { keeps: false, load: async () => [], save: async () => {} };
  /** What the database holds of this page's book, by key: a photo is written once, and what another page wrote is left alone. */
  const held = new Map<string, ReportEntry>();

  return {
    keeps: true,
    async load() {
      const all = (await done(database.transaction(storeName).objectStore(storeName).getAll())) as ReportEntry[];
      for (const entry of all) held.set(entry.key, entry);
      return all;
    },
    async save(book) {
      const transaction = database.transaction(storeName, 'readwrite');
      const store = transaction.objectStore(storeName);
      const kept = new Set(book.map(({ key }) => key));
      for (const key of held.keys()) if (!kept.has(key)) store.delete(key);
      for (const entry of book) if (held.get(entry.key) !== entry) store.put(entry);
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error('the database gave up'));
      });
      held.clear();
      for (const entry of book) held.set(entry.key, entry);
    },
  };
}

function opened(factory: IDBFactory | undefined): Promise<IDBDatabase | null> {
  if (factory === undefined) return Promise.resolve(null);
  const request = factory.open(databaseName, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'key' });
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the database gave up'));
  });
}
