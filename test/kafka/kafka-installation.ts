/** Everything a broker is started from. It is made once a machine and kept in the user's cache folder. */
export interface KafkaInstallation {
  /** The `java` command. */
  readonly java: string;
  readonly classPath: string;
  /** A formatted storage folder to copy from. */
  readonly formatted: string;
  /** Makes Java start in half the time; undefined when it could not be made. */
  readonly classDataArchive?: string;
}
