import type { Tool, ToolIo } from './tool.ts';

export const exitUsage = 64;

/** Finds the tool that the first words name and runs it. */
export async function runTool(tools: readonly Tool[], argv: readonly string[], io: ToolIo): Promise<number> {
  const tool = tools.find(({ name }) => name.split(' ').every((word, index) => argv[index] === word));
  if (!tool) {
    const known = tools.map(({ name }) => name).join(', ');
    io.err(`taodu: no tool "${argv.slice(0, 2).join(' ')}"; there are: ${known}`);
    return exitUsage;
  }
  const rest = argv.slice(tool.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(tool.help);
    return 0;
  }
  return await tool.run(rest, io);
}
