// Loaded into a provider process: counts what it writes to stderr, and prints the number at SIGUSR2.
const { stderr, stdout } = process;
const write = stderr.write.bind(stderr);
let writes = 0;
stderr.write = (...text) => {
  writes += 1;
  return write(...text);
};
process.on("SIGUSR2", () => stdout.write(`writes: ${writes}\n`));
