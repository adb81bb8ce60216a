import { createRequire } from 'node:module';
import { moduleUrl } from '../../ffi/index.js';

/** The class of the dependency, which hosts our threads. */
export type HostPiscina = typeof import('piscina').Piscina;

/** Any value that can be cloned: `any`, as in Piscina's types, so that programs written for them compile. */
export type AnyValue = NonNullable<ConstructorParameters<HostPiscina>[0]>['workerData'];

const require = createRequire(moduleUrl);
let loaded: HostPiscina | undefined;

/** Piscina itself, loaded at the first call: a program without a pool, and a pool's threads, do without it. */
export function hostPiscina(): HostPiscina {
  loaded ??= require('piscina') as HostPiscina;
  return loaded;
}
