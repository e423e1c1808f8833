// The types of "./runtime": none, since it is for the engine's process. Editors would offer its names to programs otherwise.
export {};
