import { join, resolve } from 'node:path';
import type { Draft } from '@hanse/core/adopt/draft.ts';
import { UserError } from '../../error.ts';
import type { Ground } from '../../services/adopt/adopt.ts';
import type { Command, CommandCall } from '../command.ts';
import { folderWords } from '../folder-words.ts';
import { showJson } from './build.ts';

const SOURCES = 'dbt, sql, odcs, datacontract, openlineage, avro, json-schema, csv, parquet';

export const adopt: Command = {
  name: 'adopt',
  summary: 'Drafts products and contracts from what exists, where it stands; changes no file that is there',
  usage: '<dbt|sql|odcs|datacontract|openlineage|avro|json-schema|csv|parquet> <place> [--select <models>] [--domain <name>] [--owner <username>]',
  example: 'hanse adopt dbt target/',
  flags: {
    select: { type: 'string', help: 'Which models, tables or datasets: names, tag:, path:, group:, with *' },
    domain: { type: 'string', help: 'The domain that answers for the products; the only one of the mesh, or one named after the source' },
    owner: { type: 'string', help: 'Who owns a new domain' },
  },
  run: async (call) => {
    const [source = '', place] = call.words;
    if (place === undefined)
      throw new UserError('usage', 'hanse adopt needs a source and its place', `Usage: hanse adopt <source> <place>; sources are ${SOURCES}.`);
    const services = await import('../../services/adopt/adopt.ts');
    const ground = await services.surveyGround(call.settings.folder, await call.tree());
    const domain = textFlag(call, 'domain') ?? services.onlyDomain(ground);
    const folderOf = (name: string, product: string) => join(ground.folder, services.domainFolder(ground, name), product);
    const draft = await readDraft(call, { source, place, ground, folderOf, ...(domain !== undefined && { domain }) });
    const owner = textFlag(call, 'owner');
    const adopted = await services.adopt(ground, draft, { source, ...(owner !== undefined && { owner }) });
    const { report, ...rest } = adopted;
    if (showJson(call, { ...rest, left: draft.left, notes: draft.notes })) return 0;
    call.terminal.line(report.trimEnd());
    call.terminal.line(adopted.written.length === 0 ? '\nNothing new was written.' : `\nLook at them, then: ${call.program} plan${folderWords(ground.folder)}`);
    return 0;
  },
};

interface Asked {
  readonly source: string;
  readonly place: string;
  readonly ground: Ground;
  readonly domain?: string;
  readonly folderOf: (domain: string, product: string) => string;
}

async function readDraft(call: CommandCall, { source, place, domain, folderOf }: Asked): Promise<Draft> {
  const select = textFlag(call, 'select');
  const named = { ...(select !== undefined && { select }), ...(domain !== undefined && { domain }) };
  switch (source) {
    case 'dbt': {
      const { readDbt } = await import('../../services/adopt/read-dbt.ts');
      return readDbt({ place: resolve(place), folderOf, ...named });
    }
    case 'sql': {
      const { draftSql } = await import('@hanse/core/adopt/sql/draft-sql.ts');
      return draftSql(await call.database(place, select), domain === undefined ? {} : { domain });
    }
    case 'odcs':
    case 'datacontract':
    case 'openlineage':
    case 'avro':
    case 'json-schema':
    case 'csv':
    case 'parquet': {
      const { readDraftFile } = await import('../../services/adopt/read-file.ts');
      return readDraftFile({ source, path: resolve(place), folderOf, engine: call.engine, ...named });
    }
    default:
      throw new UserError('usage', `hanse adopt: \`${source}\` is no source`, `Sources are ${SOURCES}.`);
  }
}

function textFlag(call: CommandCall, name: string): string | undefined {
  const value = call.flags[name];
  return typeof value === 'string' ? value : undefined;
}
