/** Documents of one tree. */
export const MAX_FILES = 50_000;
/** The lines that say what a document is stand at its beginning. */
export const HEAD_BYTES = 4_096;
/** Folders in which no document is looked for, wherever they lie. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git', '.hanse', '.cache']);
