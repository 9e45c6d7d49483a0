import { fileURLToPath } from 'node:url';

/** Where the small mesh of `hanse init` lies: beside the folder of this file, which is `src`, or `lib` where compiled. */
export const templateFolder = fileURLToPath(new URL('../template/', import.meta.url));
