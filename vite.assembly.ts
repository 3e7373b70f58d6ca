import { main as compile } from 'assemblyscript/asc';
import type { Plugin } from 'vite';

/**
 * `import bytes from './assembly/x.ts?wasm-bytes'`: compiles AssemblyScript to WebAssembly and gives its bytes. They are a few thousand, so they
 * travel within the script: no second file that could be missing.
 */
export function assembly(): Plugin {
  const mark = '?wasm-bytes';
  return {
    name: 'taodu-assembly',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith(mark)) return null;
      const file = await this.resolve(source.slice(0, -mark.length), importer, { skipSelf: true });
      return file && file.id + mark;
    },
    async load(id) {
      if (!id.endsWith(mark)) return null;
      const file = id.slice(0, -mark.length);
      this.addWatchFile(file);
      const bytes = await compiled(file);
      const text = Buffer.from(bytes).toString('base64');
      return `export default Uint8Array.from(atob('${text}'), (byte) => byte.charCodeAt(0));`;
    },
  };
}

/** The WebAssembly of one AssemblyScript file that imports nothing. Throws with the compiler's words. */
export async function compiled(file: string): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await compile(
    [
      file,
      '--baseDir',
      '/',
      '--outFile',
      'out.wasm',
      '-O3',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--noAssert',
      '--use',
      'abort=',
      '--importMemory',
      '--initialMemory',
      '1',
    ],
    {
      writeFile: (name, contents) => {
        if (name === 'out.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`${file}: ${stderr.toString() || error?.message || 'nothing came of it'}`);
  return binary;
}
