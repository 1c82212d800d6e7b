import { spawnSync } from 'node:child_process';

/** A program that must be on the machine already, because npm cannot bring it. */
export interface Tool {
  readonly name: string;
  /** Ways to call it, best first. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** Arguments that make it say its version, and whether that version will do. */
  readonly probe: readonly string[];
  readonly accepts: (answer: string) => boolean;
  readonly remedy: string;
}

/** How to call a tool that was found: the program and its leading arguments. */
export type ToolCommand = readonly [string, ...string[]];

export const pip: Tool = {
  name: 'pip',
  commands: [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']],
  probe: ['--version'],
  accepts: (answer) => /python 3\./.test(answer),
  remedy: 'install Python 3 with pip',
};

export const python: Tool = {
  name: 'Python 3.10',
  commands: [['python3'], ['python']],
  probe: ['--version'],
  accepts: (answer) => atLeast(answer, /Python 3\.(\d+)/, 10),
  remedy: 'install Python 3.10 or newer',
};

export const maven: Tool = {
  name: 'Maven',
  commands: [['mvn']],
  probe: ['--version'],
  accepts: (answer) => /Apache Maven 3\./.test(answer),
  remedy: 'install Maven 3 and a JDK 17',
};

export const java: Tool = {
  name: 'Java 17',
  commands: [['java']],
  probe: ['-version'],
  accepts: (answer) => atLeast(answer, /version "(\d+)/, 17),
  remedy: 'install a Java 17 runtime',
};

export const go: Tool = {
  name: 'Go',
  commands: [['go']],
  probe: ['version'],
  accepts: (answer) => atLeast(answer, /go1\.(\d+)/, 21),
  remedy: 'install Go 1.21 or newer',
};

export const npm: Tool = {
  name: 'npm',
  commands: [['npm']],
  probe: ['--version'],
  accepts: (answer) => /^\d+\./.test(answer),
  remedy: 'install npm',
};

const found = new Map<Tool, ToolCommand | undefined>();

/** The first way to call a tool that works here. Asks the machine once per process. */
export function findTool(tool: Tool): ToolCommand | undefined {
  if (!found.has(tool))
    found.set(
      tool,
      tool.commands.find((command) => answers(tool, command)),
    );
  return found.get(tool);
}

function answers({ probe, accepts }: Tool, [program, ...leading]: ToolCommand): boolean {
  const { status, stdout, stderr } = spawnSync(program, [...leading, ...probe], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && accepts(`${stdout}${stderr}`);
}

function atLeast(answer: string, pattern: RegExp, least: number): boolean {
  const [, number] = pattern.exec(answer) ?? [];
  return number !== undefined && Number(number) >= least;
}
