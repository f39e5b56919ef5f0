// A player's pack, as somebody who downloads it has it: unpacked into a folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** Unpacks a zip of less than 4 GB; answers the paths in it. */
export function unpack(file: string, into: string): string[] {
  const zip = readFileSync(file);
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error(`${file} is no zip`);
  const paths: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error(`${file}: a broken list of entries`);
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const path = zip.toString('utf8', at + 46, at + 46 + name);
    const [deflated, size, local] = [
      zip.readUInt16LE(at + 10) === 8,
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 42),
    ];
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(from, from + size);
    at += 46 + name + extra + comment;
    if (path.endsWith('/')) continue;
    const target = resolve(into, path);
    if (!target.startsWith(resolve(into))) throw new Error(`${file}: ${path} leads out of the folder`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, deflated ? inflateRawSync(bytes) : bytes);
    paths.push(join(into, path));
  }
  return paths;
}
