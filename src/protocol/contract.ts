/**
 * The typed surface over a JSON-RPC connection: a contract is a map of calls and a map of events, and both ends are
 * checked against the same map. The transport is vscode-jsonrpc's; this file adds types and nothing else.
 */
import type { Disposable, MessageConnection } from 'vscode-jsonrpc';

export interface Contract {
  /** Requests that the client makes and the server answers. */
  readonly calls: object;
  /** Notifications from the server to the client. */
  readonly events: object;
}

type Params<F> = F extends (params: infer P) => unknown ? P : never;
type Result<F> = F extends (params: never) => infer R ? R : never;

export interface Client<C extends Contract> {
  call<K extends keyof C['calls'] & string>(
    name: K,
    params: Params<C['calls'][K]>,
  ): Promise<Result<C['calls'][K]>>;
  on<K extends keyof C['events'] & string>(name: K, listener: (params: C['events'][K]) => void): Disposable;
}

export interface Server<C extends Contract> {
  emit<K extends keyof C['events'] & string>(name: K, params: C['events'][K]): Promise<void>;
}

export type Handlers<C extends Contract> = {
  readonly [K in keyof C['calls']]: (
    params: Params<C['calls'][K]>,
  ) => Result<C['calls'][K]> | Promise<Result<C['calls'][K]>>;
};

/** The asking side. The connection must be listening. */
export function client<C extends Contract>(connection: MessageConnection): Client<C> {
  return {
    call: (name, params) => connection.sendRequest(name, params),
    on: (name, listener) => connection.onNotification(name, listener),
  };
}

/** The answering side: installs every handler of the contract. */
export function serve<C extends Contract>(connection: MessageConnection, handlers: Handlers<C>): Server<C> {
  for (const [name, handler] of Object.entries(handlers)) {
    connection.onRequest(name, handler as (params: unknown) => unknown);
  }
  return { emit: (name, params) => connection.sendNotification(name, params) };
}
