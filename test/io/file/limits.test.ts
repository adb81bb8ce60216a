import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, type TestContext, test } from 'vitest';
import { contents } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { fixturePath } from '../../support/project.js';
import { mountSmall, unmountSmall } from '../../support/small-file-system.js';
import { usePlace } from '../operation-loops.js';

const MOST_FILES = 80;

/** Waits for the room of files that are gone: a kernel worker lets go of one a moment after its operation has completed. */
async function untilFree(folder: string, empty: fs.StatsFs): Promise<void> {
  for (;;) {
    const { bfree, ffree } = fs.statfsSync(folder);
    if (bfree === empty.bfree && ffree === empty.ffree) return;
    await sleep(1);
  }
}

for (const [kind, options] of Object.entries(loopKinds)) {
  test(`running out of files fails as in Node, and leaves nothing behind (${kind})`, () => {
    const command = `ulimit -n ${MOST_FILES} && exec "$0" "$@"`;
    const given = [process.execPath, fixturePath('run-out-of-files'), JSON.stringify(options)];
    const run = spawnSync('sh', ['-c', command, ...given], { encoding: 'utf8', timeout: 20_000 });
    const { failures, nodes, contents: read, isNothingLeft } = JSON.parse(run.stdout);
    expect(nodes).toMatchObject({ code: 'EMFILE', syscall: 'open', isPath: true });
    expect(failures).toEqual([nodes, nodes, nodes]);
    expect({ read, isNothingLeft }).toEqual({ read: 'contents', isNothingLeft: true });
  });

  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    function makeSmall(context: TestContext): string {
      const folder = place().at('small');
      mountSmall(context, folder, 1);
      place().atEnd(() => unmountSmall(folder));
      return folder;
    }

    test('a disk that is full fails as in Node, keeps what fits, and works again when there is room', async (context) => {
      const folder = makeSmall(context);
      const empty = fs.statfsSync(folder);
      const { loop } = place();
      const path = `${folder}/file`;
      const full = { name: 'UringError', code: 'ENOSPC', syscall: 'write' };
      await expect(loop.writeFile(path, contents(2 << 20))).rejects.toMatchObject(full);
      expect(fs.statSync(path).size).toBe(1 << 20);
      const file = await loop.open(path, 'r+');
      await expect(file.write(Buffer.from('x'), { position: 1 << 20 })).rejects.toMatchObject(full);
      await expect(file.writev([Buffer.from('x')], { position: 1 << 20 })).rejects.toMatchObject(full);
      await expect(file.allocate(1 << 20, 4096)).rejects.toMatchObject({ ...full, syscall: 'fallocate' });
      await expect(loop.copyFile(path, `${folder}/copy`)).rejects.toMatchObject(full);
      await expect(loop.writeFile(path, contents(900_000), { atomic: true })).rejects.toMatchObject(full);
      expect(fs.readdirSync(folder)).toEqual(['file']);
      await file.close();
      await loop.unlink(path);
      await untilFree(folder, empty);
      await loop.writeFile(path, contents(900_000));
      expect((await loop.readFile(path)).equals(contents(900_000))).toBe(true);
    });
  });
}
