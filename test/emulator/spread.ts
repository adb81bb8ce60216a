import type { Group } from './plan.js';

/**
 * Spreads groups over so many boots, or fewer if there are fewer groups: the heaviest first, each to the boot that has the
 * least to do.
 */
export function spread(groups: readonly Group[], boots: number, weigh: (group: Group) => number): Group[][] {
  const parts = Array.from({ length: Math.min(boots, groups.length) }, () => ({
    groups: [] as Group[],
    weight: 0,
  }));
  const heaviestFirst = [...groups].sort((a, b) => weigh(b) - weigh(a));
  for (const group of heaviestFirst) {
    const part = parts.reduce((least, other) => (other.weight < least.weight ? other : least));
    part.groups.push(group);
    part.weight += weigh(group);
  }
  return parts.map((part) => part.groups);
}
