// A process that opens a mesh, judges its one table with one more data file and prints the verdicts: <folder> <name of the data file> <bytes>.
import { readSettings } from 'hanse/config.ts';
import { openPlatform } from 'hanse/open-platform.ts';
import { readMeshFile } from 'hanse/tree/read-mesh-file.ts';
import { judgeArrived } from './judge-arrived.ts';

const [folder = '', name = '', bytes = ''] = process.argv.slice(2);
const settings = readSettings({ flags: { folder, storage: '.hanse' }, environment: process.env, file: {} });
await using open = await openPlatform({ settings, meshFile: await readMeshFile(folder), environment: {} });
console.log(JSON.stringify((await judgeArrived(open.platform, { name, bytes: Number(bytes) })).verdicts));
