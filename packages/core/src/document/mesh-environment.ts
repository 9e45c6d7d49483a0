import type { MeshFile } from './mesh-file.ts';

/**
 * `hanse.yaml` as one of its environments has it: what that states stands in place of the same keys outside it, and it has a mesh, a
 * store and files of its own. Undefined where the file names no such environment.
 */
export function inEnvironment(file: MeshFile, name: string): MeshFile | undefined {
  const own = Object.hasOwn(file.environments, name) ? file.environments[name] : undefined;
  if (own === undefined) return undefined;
  const { variables: _, ...places } = own;
  return { ...file, storage: { folder: `.hanse/environments/${name}` }, ...places, mesh: `${file.mesh ?? 'mesh'}-${name}` };
}
