// Who may log in to servers. A person joins, leaves or changes a key by a pull request to this file.
export const team: Record<string, string> = {
  anna: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIHGKylVaqmN2mtZiyf+ymE0V2gS7Qos8j8/2R21GDL anna@example.com",
  bjarne:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINbgLlZoFm4MPqKtHH+jRww9kU+Q7RiIccWfOhk0CuaV bjarne@example.com",
};
