import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitStatements } from './split-statements.ts';

test.each<readonly [string, readonly string[]]>([
  ['', []],
  [' ; ;', []],
  ['-- nothing\n', []],
  ['select 1', ['select 1']],
  ['select 1;select 2 ; ', ['select 1', 'select 2']],
  ["select ';''; ' ; select 2", ["select ';''; '", 'select 2']],
  ['select ";"";" ; select 2', ['select ";"";"', 'select 2']],
  ["select e'\\';' ; select 2", ["select e'\\';'", 'select 2']],
  ["select '\\' ; select 2", ["select '\\'", 'select 2']],
  ['select $$;$$ ; select $a$;$$;$a$', ['select $$;$$', 'select $a$;$$;$a$']],
  ['select $1 ; select a$b ; 3', ['select $1', 'select a$b', '3']],
  ['select 1 -- ; no\n+ 1 ; 2', ['select 1 -- ; no\n+ 1', '2']],
  ['select 1 /* ; /* ; */ ; */ ; 2', ['select 1 /* ; /* ; */ ; */', '2']],
  ["select 'open ; 2", ["select 'open ; 2"]],
  ['select $x$ ; 2', ['select $x$ ; 2']],
  ['select /* ; 2', ['select /* ; 2']],
])('%j is split', (script, parts) => {
  expect(splitStatements(script).map(({ sql }) => sql)).toEqual(parts);
});

test('comments are a space; texts and names are no words', () => {
  expect(splitStatements(`show/* x */all -- 'y'`).map(({ bare }) => bare)).toEqual(['show all']);
  expect(splitStatements(`select 'pg_x', "pg_y", $$pg_z$$, pg_w`)[0]?.words.match(/pg_\w/g)).toEqual(['pg_w']);
});

test('whatever a script is, nothing but separators is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("'", '"', '$', '$$', '$a$', '--', '\n', '/*', '*/', ';', 'e', 'a', ' ', '\\', '-', '/'), { maxLength: 40 }),
      (pieces) => {
        const script = pieces.join('');
        for (const { sql } of splitStatements(script)) expect(script).toContain(sql);
        if (!script.includes(';')) expect(splitStatements(script).length).toBeLessThanOrEqual(1);
      },
    ),
  );
});
