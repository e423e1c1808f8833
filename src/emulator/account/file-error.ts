// Errors of the file system as sentences.
import { errorCode, errorMessage } from "../http/error-message";

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link that leads back to itself",
  ENOENT: "its folder does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EROFS: "the file system is read-only",
};

/** An error that says what cannot be done with the file, and why. */
export function fileError(problem: string, file: string, error: unknown): Error {
  const code = errorCode(error);
  const reason = (code === undefined ? undefined : REASONS[code]) ?? errorMessage(error);
  const suffix = code === undefined ? "" : ` (${code})`;
  return new Error(`the file ${file} ${problem}: ${reason}${suffix}`, { cause: error });
}
