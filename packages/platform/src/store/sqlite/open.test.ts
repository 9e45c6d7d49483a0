import { storeConformance } from '../conformance.ts';
import { openTemporaryStore } from './temporary.ts';

storeConformance('SQLite', openTemporaryStore);
