/** One process of the cluster, before it runs. */
export type Part = {
  /** Also the name of its log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** What moves the port, as a flag or a variable. */
  readonly portSetting: string;
  readonly probe: Probe;
};

/** How to see that it does its work. */
export type Probe =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'nats'; readonly port: number };
