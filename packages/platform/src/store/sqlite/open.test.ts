import { storeConformance } from '../conformance.fixture.ts';
import { openTemporaryStore } from './temporary.ts';

storeConformance('SQLite', openTemporaryStore);
