// The types of "./runtime": none, since it is for the engine's process, and editors must not offer its names.
export {};
