// Writes the reference pages anew.
import { writeFileSync } from 'node:fs';
import { referencePages } from './reference.ts';

for (const [path, text] of referencePages()) writeFileSync(path, text);
