import { expect, test } from 'vitest';
import { scramVerifier } from '../services/token/scram-verifier.ts';
import { judgeProof, readClientFirst, serverFirst } from './scram.ts';

/** The exchange of RFC 7677, section 3, whose password is `pencil`; its keys, made with another implementation. */
const client = readClientFirst('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
const server = serverFirst(client, {
  nonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  iterations: 4096,
});
const said = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const scram = { storedKey: 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=', serverKey: 'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=' };

test('the exchange of RFC 7677 is answered as it says', async () => {
  const other = await scramVerifier('hanse_other', 'user');
  expect(server.text).toBe('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096');
  expect(judgeProof({ client, server, said }, [{ scram: other }, { scram }])).toEqual({
    known: { scram },
    text: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  });
  expect(judgeProof({ client, server, said }, [{ scram: other }])).toBeUndefined();
  expect(judgeProof({ client, server, said }, [])).toBeUndefined();
});

test('another nonce, another channel and malformed messages are refused', () => {
  for (const wrong of [said.replace('k0,', 'k1,'), said.replace('biws', 'eSws'), 'p=', '', said.replace('p=', 'm=x,p=')])
    expect(() => judgeProof({ client, server, said: wrong }, [{ scram }]), wrong).toThrow('malformed');
  expect(judgeProof({ client, server, said: said.replace('dHzb', 'dHzc') }, [{ scram }])).toBeUndefined();
  expect(judgeProof({ client, server, said: said.replace(/p=.*/, 'p=AAAA') }, [{ scram }])).toBeUndefined();
  for (const first of ['p=tls-server-end-point,,n=,r=a', 'n,,m=x,n=,r=a', 'n,,n=,r=', 'n,a=eve,n=,r=a', ''])
    expect(() => readClientFirst(first), first).toThrow('malformed');
});
