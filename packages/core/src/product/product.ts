import type { Level } from './build-file.ts';

/** A data product as the mesh reasons about it (ODPS 1.x). */
export interface Product {
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly version?: string;
  readonly status: string;
  readonly purpose?: string;
  readonly inputPorts: readonly InputPort[];
  readonly outputPorts: readonly OutputPort[];
  readonly team: readonly TeamMember[];
  readonly tags: readonly string[];
}

/** ODPS `inputPorts[]`: what the product reads, by the contract that promises it. */
export interface InputPort {
  readonly name: string;
  readonly version: string;
  readonly contractId: string;
}

/** ODPS `outputPorts[]`. The same name with two major versions is one port served twice. */
export interface OutputPort {
  readonly name: string;
  readonly version: string;
  readonly contractId?: string;
  readonly description?: string;
  readonly deprecated: boolean;
}

export interface TeamMember {
  readonly username: string;
  readonly role?: string;
}

/** A domain: `domain.yaml`. */
export interface Domain {
  readonly name: string;
  readonly description?: string;
  readonly owner: string;
  readonly members: readonly DomainMember[];
  /** For its tables whose build states none. */
  readonly level?: Level;
}

export interface DomainMember {
  readonly username: string;
  readonly role: 'owner' | 'steward' | 'developer' | 'analyst';
  readonly name?: string;
}
