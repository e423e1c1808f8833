// Chooses the proxy for an https endpoint by the rules of Go, as the engine does; describes its failures.
import { STATUS_CODES } from "node:http";
import { BlockList, isIP, isIPv4 } from "node:net";

import { ConfigurationError } from "../errors";
import { isCertificateFailure, isHandshakeFailure, PROXY_REFUSED } from "./request-outcome";
import type { Proxy, TransportFailure } from "./request-outcome";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for this https URL, if any: `https_proxy` or `HTTPS_PROXY`, unless `no_proxy` or `NO_PROXY` lists
 * the host. Go ignores `ALL_PROXY`.
 *
 * @throws ConfigurationError if the proxy cannot be used.
 */
export function proxyFor(target: URL, env: Environment = process.env): Proxy | undefined {
  const [variable, value] = firstSet(env, "https_proxy", "HTTPS_PROXY");
  const [, exceptions] = firstSet(env, "no_proxy", "NO_PROXY");
  return value === "" || isExcepted(target, exceptions) ? undefined : readProxy(variable, value, target.host);
}

function firstSet(env: Environment, ...names: [string, string]): [name: string, value: string] {
  const name = names.find((each) => env[each]?.trim()) ?? names[1];
  return [name, env[name]?.trim() ?? ""];
}

function readProxy(variable: string, value: string, target: string): Proxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const scheme = text.slice(0, text.indexOf("://")).toLowerCase();
  if (scheme !== "http" && scheme !== "https") {
    const kind = scheme.startsWith("socks") ? "a SOCKS proxy" : "a proxy of an unknown kind";
    throw new ConfigurationError(
      `${variable} is the URL of ${kind} (${scheme}://), but this package supports only HTTP proxies. Set it to an http:// or https:// proxy, or add ${target} to NO_PROXY.`,
    );
  }
  try {
    // A backslash would end the host's name.
    const { hostname, port: given, username, password } = new URL(text.includes("\\") ? "" : text);
    const port = Number(given) || (scheme === "https" ? 443 : 80);
    const auth = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    return {
      protocol: `${scheme}:`,
      ...{ hostname, port, variable, name: `${hostname}:${port}` },
      auth: username === "" && password === "" ? undefined : auth,
    };
  } catch {
    throw new ConfigurationError(
      `${variable} is not the URL of a proxy, such as http://user:password@proxy.example.com:3128. Percent-encode special characters in the user name and password (%5C for a backslash). The value is not shown because it may contain a password.`,
    );
  }
}

function isExcepted(target: URL, exceptions: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = target.port || "443";
  return exceptions
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => covers(entry, host, port));
}

/**
 * `*`, an IP address or a CIDR range, or a domain: `corp.com` with its subdomains, `.corp.com` and
 * `*.corp.com` without itself.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, range, bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (range !== undefined) return isWithin(host, range, Number(bits));
  const [, bracketed, bare = entry, entryPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? bare;
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(name) > 0) return isWithin(host, name, isIPv4(name) ? 32 : 128);
  if (isIP(host) > 0) return false;
  const domain = name.replace(/^\*(?=\.)/, "");
  if (domain.startsWith(".")) return domain.length > 1 && host.endsWith(domain);
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isWithin(host: string, address: string, bits: number): boolean {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (isIP(address) === 0 || isIP(host) !== isIP(address) || bits > (family === "ipv4" ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  return list.check(host, family);
}

export function proxyProblem({ code, proxyStatus }: TransportFailure): string {
  if (code === PROXY_REFUSED) return `the proxy refused the connection with status ${named(proxyStatus)}`;
  return code === "UNKNOWN" ? "the proxy closed the connection" : `the proxy could not be used (${code})`;
}

const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: "Its host name could not be resolved. ",
  EAI_AGAIN: "Its host name could not be resolved. ",
  ECONNREFUSED: "Nothing accepts connections there. ",
};

export function adviceForProxy(failure: TransportFailure, host: string): string {
  const { code, proxyStatus, proxy } = failure;
  const variable = proxy?.variable ?? "HTTPS_PROXY";
  const who = proxy ? `The proxy is ${proxy.name} (from ${variable}). ` : "";
  if (proxyStatus === 407) return `${who}Check the user name and password in ${variable}.`;
  if (isCertificateFailure(failure)) {
    return `${who}Its TLS certificate was rejected. If a private authority issued it, set NODE_EXTRA_CA_CERTS to that authority's file.`;
  }
  if (isHandshakeFailure(failure) && proxy?.protocol === "https:") {
    return `${who}The TLS handshake with it failed. Most proxies speak plain HTTP: write http:// instead of https:// in ${variable}.`;
  }
  return `${who}${WHY[code] ?? ""}Check ${variable}, or add ${host} to NO_PROXY.`;
}

/** `407 (Proxy Authentication Required)`. */
export function named(status: number | undefined): string {
  const name = status === undefined ? undefined : STATUS_CODES[status];
  return name ? `${status} (${name})` : String(status);
}
